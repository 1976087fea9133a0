'use strict';

function hide(text, secrets) {
  return secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '***'), text);
}

function listSecrets(env) {
  const password = URL.canParse(env.WAREHOUSE_URL ?? '') ? new URL(env.WAREHOUSE_URL).password : '';
  return [env.WAREHOUSE_URL, env.PULSE_SECRET, password, decodeURIComponent(password)].filter(Boolean);
}

function describe(error) {
  if (error instanceof Error) return error.stack ?? error.message;
  return typeof error === 'string' ? error : JSON.stringify(error);
}

/** One JSON line for a warning or an error; what Cube says of its normal work is dropped. */
function createLog(env = process.env, write = (line) => process.stderr.write(line)) {
  const secrets = listSecrets(env);
  return function log(message, params = {}) {
    const cause = params.error ?? params.warning;
    if (!cause) return;
    const line = {
      time: new Date().toISOString(),
      level: params.error && message !== 'User Error' && message !== 'UserError' ? 'error' : 'warn',
      part: 'cube',
      message: hide(String(message), secrets),
      cause: hide(describe(cause).slice(0, 4000), secrets),
      requestId: params.requestId,
    };
    write(`${JSON.stringify(line)}\n`);
  };
}

module.exports = { createLog };

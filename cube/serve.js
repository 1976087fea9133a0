'use strict';

// Cube looks for its model in the working directory, and reads its settings while it is being loaded.
process.chdir(__dirname);
const { createLog } = require('./log.js');
const log = createLog();

// What Cube prints for people becomes a line of the log, but for the planner, which is chosen on purpose.
for (const name of ['log', 'warn', 'error'])
  console[name] = (...words) => {
    const warning = words.join(' ');
    if (!warning.includes('legacy planner')) log('Cube prints', { warning });
  };

process.on('uncaughtException', (error) => fail('The cube process failed', error));
process.on('unhandledRejection', (error) => fail('The cube process failed', error));

function fail(message, error) {
  log(message, { error });
  process.exit(1);
}

async function serve() {
  require('./environment.js').setEnvironment();
  require('./native.js').provideNative();
  const express = require('express');
  const { CubejsServer } = require('@cubejs-backend/server');

  const { core } = new CubejsServer(require('./cube.js'));
  await compileModel(core);
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '5mb' }));
  await core.initApp(app);
  // Cube has answered and logged the error by now; Express would print it again and cut the connection.
  app.use((_error, _req, res, _next) => res.end());

  const server = app.listen(Number(process.env.CUBE_PORT ?? 0), process.env.CUBE_HOST ?? '127.0.0.1');
  server.on('error', (error) => fail('The cube process cannot listen', error));
  server.on('listening', () => process.send?.({ ready: true, port: server.address().port }));
  return { core, server };
}

// A mistake in the model is known before anyone asks, and the first question does not pay for compiling.
async function compileModel(core) {
  const compilerApi = await core.getCompilerApi({ requestId: 'start' });
  await compilerApi.getCompilers({ requestId: 'start' });
}

let isStopping = false;
async function end(running) {
  if (isStopping) return;
  isStopping = true;
  setTimeout(() => process.exit(0), 1500).unref();
  const { core, server } = await running;
  server.close();
  server.closeAllConnections();
  await core.releaseConnections().catch(() => {});
  process.exit(0);
}

const running = serve();
running.catch((error) => fail('The cube process cannot start', error));
for (const signal of ['disconnect', 'SIGTERM', 'SIGINT']) process.on(signal, () => end(running));
if (process.send && !process.connected) end(running);

// Owns the postgres process. Plain JavaScript: it must be up in milliseconds and outlive a parent that is killed.
// The parent's IPC channel is the leash: when it closes, for whatever reason, PostgreSQL is shut down.
import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';

const { file, args, options, log } = JSON.parse(process.argv[2]);

// Ctrl-C reaches the whole terminal group; the parent decides when the database may go.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const output = openSync(log, 'a');
const postgres = spawn(file, args, { ...options, stdio: ['ignore', output, output] });

let stopping = false;
function stop() {
  if (stopping) return;
  stopping = true;
  // Fast shutdown; then immediate; then none of our business any more.
  postgres.kill('SIGINT');
  setTimeout(() => postgres.kill('SIGQUIT'), 15_000);
  setTimeout(() => postgres.kill('SIGKILL'), 25_000);
}

postgres.on('error', (error) => {
  if (process.connected) process.send({ failed: error.message }, () => process.exit(1));
  else process.exit(1);
});
postgres.on('spawn', () => process.connected && process.send({ pid: postgres.pid }));
postgres.on('exit', (code) => process.exit(stopping ? 0 : (code ?? 1)));
process.on('message', (message) => message === 'stop' && stop());
process.on('disconnect', stop);
if (!process.connected) stop();

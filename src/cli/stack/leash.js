import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

// Preloaded into every part: the supervisor's IPC channel is the leash. When it closes, for whatever reason,
// the part is asked to end; if it does not, its whole process group goes.
if (process.send) {
  process.once('disconnect', () => {
    setTimeout(() => killGroup(), 3000).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel must not keep a part alive that is done.
  process.channel?.unref();
  if (!process.connected) killGroup();
}

// The built app closes its server on SIGTERM and then waits for its idle database connections to time out.
process.once('sveltekit:shutdown', () => process.exit(0));

// V8 gives memory back when it needs room, not when there is time: after work a part would hold twice what it needs.
const pause = 15_000;
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
let spent = 0;
let isTidy = true;
setInterval(() => {
  const { user, system } = process.cpuUsage();
  // microseconds of work in milliseconds of time: under three hundredths
  const isResting = user + system - spent < pause * 1000 * 0.03;
  spent = user + system;
  if (isResting && !isTidy) collect();
  isTidy = isResting;
}, pause).unref();

function killGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

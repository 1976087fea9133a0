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

function killGroup() {
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    process.exit(1);
  }
}

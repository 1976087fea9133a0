export type Steps = {
  /** Runs the work and says its name with the time it took; a name may depend on the outcome. */
  run<T>(name: string, work: () => Promise<T>, done?: (result: T) => string): Promise<T>;
  say(line: string): void;
};

/** Named steps with times on a stream: stdout for `start`, stderr where stdout belongs to an answer. */
export function createSteps(stream: NodeJS.WritableStream): Steps {
  const say = (line: string) => void stream.write(`${line}\n`);
  return {
    say,
    async run(name, work, done = () => name) {
      const began = performance.now();
      const seconds = () => `${((performance.now() - began) / 1000).toFixed(1)} s`;
      // Silence for longer than this reads as "it hangs".
      const reminder = setInterval(() => say(`… ${name} (${seconds()})`), 5000);
      try {
        const result = await work();
        say(`✓ ${done(result)} (${seconds()})`);
        return result;
      } catch (error) {
        say(`✗ ${name} (${seconds()})`);
        throw error;
      } finally {
        clearInterval(reminder);
      }
    },
  };
}

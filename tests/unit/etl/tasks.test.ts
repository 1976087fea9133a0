import { expect, test } from 'vitest';
import { doTasks } from '../../../etl/tasks.ts';

const task = (name: string, ...after: string[]) => ({ name, after });
const soon = () => new Promise((resolve) => setImmediate(resolve));

test('each task is done once, after what it comes after, by as many at once as there are workers', async () => {
  const log: string[] = [];
  let busy = 0;
  let most = 0;
  const tasks = [
    task('sum', 'left', 'right'),
    task('left', 'ground'),
    task('right', 'ground'),
    task('ground'),
  ];
  await doTasks(tasks, ['one', 'two'], async (_, { name }) => {
    most = Math.max(most, ++busy);
    await soon();
    busy--;
    log.push(name);
  });
  expect(log).toEqual(['ground', 'left', 'right', 'sum']);
  expect(most).toBe(2);
});

test('no worker has two tasks at once', async () => {
  const busy = new Set<string>();
  await doTasks(
    Array.from({ length: 20 }, (_, at) => task(String(at))),
    ['one', 'two', 'three'],
    async (worker) => {
      expect(busy.has(worker)).toBe(false);
      busy.add(worker);
      await soon();
      busy.delete(worker);
    },
  );
});

test('when one fails those that run end, no other begins, and the first failure is told', async () => {
  const ended: string[] = [];
  const outcome = doTasks([task('bad'), task('long'), task('next')], [1, 2], async (_, { name }) => {
    if (name === 'bad') throw new Error('bad');
    await soon();
    ended.push(name);
    throw new Error('later');
  });
  await expect(outcome).rejects.toThrow('bad');
  expect(ended).toEqual(['long']);
});

test('tasks that wait for each other, or for none that there is, are told', async () => {
  await expect(doTasks([task('a', 'b'), task('b', 'a')], [1], soon as never)).rejects.toThrow('a, b');
});

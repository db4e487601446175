import { setTimeout as sleep } from 'node:timers/promises';
import { together } from './together.js';

/** Runs numbers as tasks; those of one remainder by 10 clash, and 0 with all. Returns which ran beside each, at its start, and the order. */
async function observed(tasks: readonly number[], atOnce: number): Promise<{ order: number[]; beside: Map<number, number[]> }> {
  const running = new Set<number>();
  const beside = new Map<number, number[]>();
  const clash = (one: number, other: number): boolean => one === 0 || other === 0 || one % 10 === other % 10;
  await together(tasks, { atOnce, clash }, async (task) => {
    beside.set(task, [...running]);
    running.add(task);
    await sleep(task % 7);
    running.delete(task);
  });
  return { order: [...beside.keys()], beside };
}

test('each runs once, at most so many at once, none beside one that it clashes with', async () => {
  const tasks = [1, 2, 0, 11, 21, 3, 4, 12, 5];
  const { order, beside } = await observed(tasks, 3);
  expect([...order].sort((a, b) => a - b)).toEqual([...tasks].sort((a, b) => a - b));
  for (const [task, others] of beside) {
    expect(others.length).toBeLessThan(3);
    expect(others.filter((other) => other === 0 || task === 0 || other % 10 === task % 10)).toEqual([]);
  }
  expect(Math.max(...[...beside.values()].map((others) => others.length))).toBe(2);
});

test('one at a time they keep their order', async () => {
  expect((await observed([3, 1, 0, 2, 11], 1)).order).toEqual([3, 1, 0, 2, 11]);
});

test('when one fails no other begins, and those that run end first', async () => {
  const ended: number[] = [];
  const run = async (task: number): Promise<void> => {
    await sleep(task === 1 ? 1 : 20);
    if (task === 1) throw new Error('one');
    ended.push(task);
  };
  await expect(together([1, 2, 3], { atOnce: 2, clash: () => false }, run)).rejects.toThrow('one');
  expect(ended).toEqual([2]);
});

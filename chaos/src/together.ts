/** Tasks, as many at once as there may be, none beside one that it clashes with; each starts as soon as it can, the earlier first. */
export async function together<T>(tasks: readonly T[], { atOnce, clash }: { atOnce: number; clash(one: T, other: T): boolean }, run: (task: T) => Promise<void>): Promise<void> {
  const waiting = [...tasks];
  const running = new Map<T, Promise<void>>();
  try {
    while (waiting.length > 0 || running.size > 0) {
      const next = running.size < atOnce ? waiting.findIndex((task) => ![...running.keys()].some((other) => clash(task, other))) : -1;
      if (next < 0) {
        await Promise.race(running.values());
        continue;
      }
      const [task] = waiting.splice(next, 1) as [T];
      running.set(task, run(task).finally(() => running.delete(task)));
    }
  } finally {
    await Promise.allSettled(running.values());
  }
}

/** Calls that may travel together, each with its own answer. */
interface Waiting<T, R> {
  item: T;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Turns calls for one item into calls for many: while one is under way, those that come in wait and then go together, at most `most` at once.
 * `run` returns a result for each item, in their order. If it fails, each item is tried alone, so that none suffers from another's fault.
 */
export function gather<T, R>(run: (items: readonly T[]) => Promise<readonly R[]>, most = 64): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let running = false;

  const runAll = async (batch: readonly Waiting<T, R>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ item }) => item));
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as R);
    } catch (error) {
      if (batch.length > 1) for (const one of batch) await runAll([one]);
      else batch[0]?.reject(error);
    }
  };

  const drain = async (): Promise<void> => {
    running = true;
    // calls made in one go belong together
    await Promise.resolve();
    while (waiting.length > 0) await runAll(waiting.splice(0, most));
    running = false;
  };

  return (item) => new Promise<R>((resolve, reject) => {
    waiting.push({ item, resolve, reject });
    if (!running) void drain();
  });
}

/** One gatherer for each key, a connection pool for example; gone when the key is. */
export function gatherFor<K extends object, T, R>(run: (key: K, items: readonly T[]) => Promise<readonly R[]>, most?: number): (key: K, item: T) => Promise<R> {
  const gatherers = new WeakMap<K, (item: T) => Promise<R>>();
  return (key, item) => {
    const own = gatherers.get(key) ?? gather((items: readonly T[]) => run(key, items), most);
    gatherers.set(key, own);
    return own(item);
  };
}

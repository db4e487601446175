/** Values by key, computed once: concurrent callers share one computation. */
export interface ByteCache<T> {
  /** The value of a key; `find` is called if it is not cached, or if finding it failed before. */
  get(key: string, find: () => Promise<T>): Promise<T>;
  /** Total bytes cached. */
  readonly bytes: number;
}

/** Keeps the most recently used values, up to this many bytes in total; a value larger than that is not kept. */
export function byteCache<T>(mostBytes: number, bytesOf: (value: T) => number): ByteCache<T> {
  const finding = new Map<string, Promise<T>>();
  /** Least recently used first. */
  const kept = new Map<string, T>();
  let bytes = 0;

  const drop = (key: string) => {
    bytes -= bytesOf(kept.get(key)!);
    kept.delete(key);
  };

  const keep = (key: string, value: T) => {
    if (bytesOf(value) > mostBytes) return;
    kept.set(key, value);
    bytes += bytesOf(value);
    while (bytes > mostBytes) drop(kept.keys().next().value!);
  };

  const find = async (key: string, how: () => Promise<T>): Promise<T> => {
    try {
      // only once it is registered as being computed
      await Promise.resolve();
      const value = await how();
      keep(key, value);
      return value;
    } finally {
      finding.delete(key);
    }
  };

  return {
    async get(key, how) {
      const known = kept.get(key);
      if (known !== undefined) {
        kept.delete(key);
        kept.set(key, known);
        return known;
      }
      const under = finding.get(key);
      if (under !== undefined) return under;
      const found = find(key, how);
      finding.set(key, found);
      return found;
    },
    get bytes() {
      return bytes;
    },
  };
}

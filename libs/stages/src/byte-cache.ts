/** Values by key, found once: whoever asks while one is being found shares it. */
export interface ByteCache<T> {
  /** The value of a key; `find` is called where it is not kept, or its finding failed before. */
  get(key: string, find: () => Promise<T>): Promise<T>;
  /** Of what is kept. */
  readonly bytes: number;
}

/** Keeps values while all of them together take at most so many bytes, those asked for last; what is larger by itself is not kept. */
export function byteCache<T>(mostBytes: number, bytesOf: (value: T) => number): ByteCache<T> {
  const finding = new Map<string, Promise<T>>();
  /** The one asked for longest ago first. */
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
      // not before it is known as being found
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

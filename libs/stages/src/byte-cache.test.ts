import { byteCache } from './byte-cache.js';

/** A cache of arrays that counts how often each key was computed. */
function counting(mostBytes: number) {
  const cache = byteCache<Uint8Array>(mostBytes, ({ length }) => length);
  const finds: string[] = [];
  const get = (key: string, bytes: number) => cache.get(key, async () => {
    finds.push(key);
    return new Uint8Array(bytes);
  });
  return { cache, finds, get };
}

test('returns a cached value without loading it again, and loads it once for concurrent requests', async () => {
  const { finds, get, cache } = counting(10);
  const [one, two] = await Promise.all([get('a', 4), get('a', 4)]);
  expect(await get('a', 4)).toBe(one);
  expect(two).toBe(one);
  expect(finds).toEqual(['a']);
  expect(cache.bytes).toBe(4);
});

test('evicts the least recently used values, and no more than it must', async () => {
  const { finds, get, cache } = counting(10);
  await get('a', 4);
  await get('b', 4);
  await get('a', 4);
  await get('c', 5);
  await get('a', 4);
  expect(finds).toEqual(['a', 'b', 'c']);
  await get('b', 4);
  expect(finds).toEqual(['a', 'b', 'c', 'b']);
  expect(cache.bytes).toBe(8);
});

test('does not cache a value larger than its limit, and evicts nothing for it', async () => {
  const { finds, get, cache } = counting(10);
  await get('a', 4);
  await get('large', 11);
  await get('large', 11);
  await get('a', 4);
  expect(finds).toEqual(['a', 'large', 'large']);
  expect(cache.bytes).toBe(4);
});

test('loads again what could not be loaded', async () => {
  const { finds, get, cache } = counting(10);
  await expect(cache.get('a', () => Promise.reject(new Error('not there')))).rejects.toThrow('not there');
  expect(await get('a', 3)).toHaveLength(3);
  expect(finds).toEqual(['a']);
});

test('never exceeds its limit, whatever is requested', async () => {
  const { get, cache } = counting(100);
  let state = 7;
  const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n;
  for (let i = 0; i < 500; i++) {
    const key = random(20);
    expect(await get(String(key), 1 + 7 * key)).toHaveLength(1 + 7 * key);
    expect(cache.bytes).toBeLessThanOrEqual(100);
  }
});

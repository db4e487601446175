/** Four 32-bit words. */
export type Words = readonly [number, number, number, number];

/** xoshiro128** 1.1 (Blackman & Vigna 2018): 32 random bits per call. An all-zero state would stay zero, so it becomes 1, 0, 0, 0. */
export function xoshiro128(state: Words): () => number {
  let [a, b, c, d] = state;
  if ((a | b | c | d) === 0) a = 1;
  return () => {
    const result = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0;
    const carried = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= carried;
    d = rotated(d, 11);
    return result;
  };
}

/** 128 bits from a list of integers in [0, 2^53): four lanes, each absorbing both halves of every integer through Murmur3's mixer. */
export function hashed(name: readonly number[]): Words {
  return [lane(name, 0x9e3779b9), lane(name, 0x243f6a88), lane(name, 0xb7e15162), lane(name, 0x6a09e667)];
}

function lane(name: readonly number[], start: number): number {
  let state = start ^ name.length;
  for (const value of name) {
    state = avalanche(state ^ (value >>> 0)) + start;
    state = avalanche(state ^ Math.floor(value / 2 ** 32)) + start;
  }
  return avalanche(state);
}

function avalanche(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function rotated(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

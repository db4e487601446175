import fc from 'fast-check';
import { combinations, orderIn } from './combinations.js';

/** Radices whose product is within 2^53, or far beyond it. */
const digits = fc.array(fc.constantFrom(1, 2, 7, 1000, 250_000, 2 ** 22), { minLength: 1, maxLength: 12 }).map((radices) => radices.map((radix, place) => ({ index: 2 * place, radix })));

describe('combinations', () => {
  it('gives two lists one number exactly if they agree on the digits', () => {
    const cases = digits.chain((places) => {
      const list = fc.tuple(...places.flatMap(({ radix }) => [fc.oneof(fc.constantFrom(0, radix - 1), fc.integer({ min: 0, max: radix - 1 })), fc.integer()]));
      return fc.tuple(fc.constant(places), fc.array(list, { minLength: 2, maxLength: 30 }));
    });
    fc.assert(fc.property(cases, ([places, lists]) => {
      const numberOf = combinations(places);
      const numbers = new Map(lists.map((list) => [places.map(({ index }) => list[index]).join(), numberOf(Int32Array.from(list))]));
      expect(new Set(numbers.values()).size).toBe(numbers.size);
      for (const list of lists) expect(numberOf(Int32Array.from(list))).toBe(numbers.get(places.map(({ index }) => list[index]).join()));
    }));
  });

  it('is the number in mixed radix while that is exact', () => {
    expect(combinations([{ index: 0, radix: 3 }, { index: 2, radix: 10 }])(Int32Array.of(2, 99, 7))).toBe(27);
  });
});

test('orderIn numbers members in the order in which they come', () => {
  const seen = new Map<string, number>();
  expect(['b', 'a', 'b', 'c'].map((member) => orderIn(seen, member))).toEqual([0, 1, 0, 2]);
});

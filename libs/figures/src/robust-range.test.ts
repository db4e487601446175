import fc from 'fast-check';
import { robustRange } from './robust-range.js';

const usual = [40, 42, 45, 48, 50, 55, 60];

test('one diverging value does not set the axis, and is counted', () => {
  expect(robustRange([...usual, 812], false)).toEqual({ low: 40, high: 60, outside: 1 });
  expect(robustRange([...usual, -500, 1e9, NaN, Infinity], false)).toEqual({ low: 40, high: 60, outside: 2 });
});

test('values that belong together are all shown', () => {
  expect(robustRange(usual, false)).toEqual({ low: 40, high: 60, outside: 0 });
  expect(robustRange([1, 2, 3, 9], false)).toEqual({ low: 1, high: 9, outside: 0 });
  expect(robustRange([5, 5, 5, 5, 5, 9], false)).toEqual({ low: 5, high: 9, outside: 0 });
  // far from the quartiles, but all can be read: nothing is left out
  expect(robustRange([47, 48, 49, 50, 51, 53, 68], false)).toEqual({ low: 47, high: 68, outside: 0 });
  expect(robustRange([NaN], false)).toBeNull();
});

test('on a log axis it is the logarithms that are compared', () => {
  const decades = [1, 10, 100, 1000, 10_000, 100_000];
  expect(robustRange(decades, true)).toEqual({ low: 1, high: 1e5, outside: 0 });
  expect(robustRange([...usual, 1e9, 0, -1], true)).toEqual({ low: 40, high: 60, outside: 1 });
});

test('the range has both ends among the values, and what is outside is what it counts', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
    const { low, high, outside } = robustRange(values, false)!;
    expect(values).toEqual(expect.arrayContaining([low, high]));
    expect(values.filter((value) => value < low || value > high)).toHaveLength(outside);
  }));
});

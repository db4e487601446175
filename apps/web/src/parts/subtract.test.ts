import { subtract } from './subtract.js';

const pixels = (...values: number[]): Uint8ClampedArray => Uint8ClampedArray.from(values);

test('grey where images agree, lighter where the first is, darker where the second is; opaque, and the mean over colours in grey levels', () => {
  const into = new Uint8ClampedArray(8);
  const mean = subtract(pixels(10, 200, 0, 255, 255, 0, 50, 0), pixels(10, 100, 100, 0, 0, 255, 50, 255), into);
  expect([...into]).toEqual([128, 178, 78, 255, 255, 0, 128, 255]);
  expect(mean).toBeCloseTo((0 + 100 + 100 + 255 + 255 + 0) / 6, 12);
});

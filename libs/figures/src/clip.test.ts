import fc from 'fast-check';
import { clippedRuns } from './clip.js';
import type { Point } from './figure.js';
import { simplified } from './simplify.js';

const box = { width: 10, height: 5 };
const coordinate = fc.double({ min: -100, max: 100, noNaN: true });
const curve = fc.array(fc.tuple(coordinate, coordinate), { minLength: 2, maxLength: 20 });

test('a clipped curve stays inside its box', () => {
  fc.assert(fc.property(curve, (points) => {
    for (const [x, y] of clippedRuns(points, box).flat()) {
      expect(x).toBeGreaterThanOrEqual(-1e-9);
      expect(x).toBeLessThanOrEqual(10 + 1e-9);
      expect(y).toBeGreaterThanOrEqual(-1e-9);
      expect(y).toBeLessThanOrEqual(5 + 1e-9);
    }
  }));
});

test('a curve inside its box is left as it is', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.double({ min: 0, max: 10, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true })), { minLength: 2, maxLength: 20 }), (points) => {
    const [run, ...others] = clippedRuns(points, box);
    expect(others).toEqual([]);
    run!.forEach(([x, y], i) => {
      expect(x).toBeCloseTo(points[i]![0], 9);
      expect(y).toBeCloseTo(points[i]![1], 9);
    });
  }));
});

test('a curve that leaves the box and returns becomes two', () => {
  expect(clippedRuns([[1, 1], [1, 9], [3, 9], [3, 1]], box)).toEqual([[[1, 1], [1, 5]], [[3, 5], [3, 1]]]);
});

/** From a point to a section of line. */
function away([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const part = square === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / square));
  return Math.hypot(x - x0 - part * (x1 - x0), y - y0 - part * (y1 - y0));
}

test('a simplified curve keeps its ends, and stays close to every point that it drops', () => {
  const rising = fc.array(coordinate, { minLength: 2, maxLength: 60 }).map((ys) => ys.map((y, x) => [x, y / 50] as const));
  fc.assert(fc.property(rising, (points) => {
    const kept = simplified(points, 0.05);
    expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
    for (const point of points) expect(Math.min(...kept.slice(1).map((end, i) => away(point, kept[i]!, end)))).toBeLessThanOrEqual(0.0501);
  }));
});

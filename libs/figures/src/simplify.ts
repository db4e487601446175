import type { Point } from './figure.js';

/** Distance of a point from the line through two others. */
function distance([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const length = Math.hypot(x1 - x0, y1 - y0);
  return length === 0 ? Math.hypot(x - x0, y - y0) : Math.abs((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)) / length;
}

/** The points of a curve without those within `tolerance` of the line through the others. Ramer 1972; Douglas & Peucker 1973. */
export function simplified(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const [first, last] = [points[0]!, points.at(-1)!];
  let farthest = 0;
  let most = tolerance;
  points.forEach((point, i) => {
    const off = distance(point, first, last);
    if (off > most) [farthest, most] = [i, off];
  });
  if (farthest === 0) return [first, last];
  return [...simplified(points.slice(0, farthest + 1), tolerance).slice(0, -1), ...simplified(points.slice(farthest), tolerance)];
}

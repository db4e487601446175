import type { Point } from './figure.js';

export interface Box {
  width: number;
  height: number;
}

/** The part of a segment, [from, to] in [0, 1], that is inside the box; undefined if there is none. Liang & Barsky 1984. */
function partInside([x0, y0]: Point, [x1, y1]: Point, { width, height }: Box): [number, number] | undefined {
  let [from, to] = [0, 1];
  const [dx, dy] = [x1 - x0, y1 - y0];
  for (const [step, room] of [[-dx, x0], [dx, width - x0], [-dy, y0], [dy, height - y0]] as const) {
    if (step === 0) {
      if (room < 0) return undefined;
    } else if (step < 0) {
      from = Math.max(from, room / step);
    } else {
      to = Math.min(to, room / step);
    }
  }
  return from <= to ? [from, to] : undefined;
}

/** The sections of a curve, in pixels, that are inside the box [0, width] x [0, height]; NaN breaks the curve. */
export function clippedRuns(points: readonly Point[], box: Box): Point[][] {
  const runs: Point[][] = [];
  let open = false;
  for (let i = 1; i < points.length; i++) {
    const [start, end] = [points[i - 1]!, points[i]!];
    const inside = [...start, ...end].some(Number.isNaN) ? undefined : partInside(start, end, box);
    if (inside === undefined) {
      open = false;
      continue;
    }
    const at = (part: number): Point => [start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])];
    if (!open) runs.push([at(inside[0])]);
    runs.at(-1)!.push(at(inside[1]));
    open = inside[1] === 1;
  }
  return runs;
}

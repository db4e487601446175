/** The two ends of a grid, sigmaMin < sigmaMax. */
export interface Range {
  sigmaMin: number;
  sigmaMax: number;
}

/** `steps` levels, where from 0 to 1 in equal parts, and a last 0. A single step is taken from 0 to the end. */
export function spread(steps: number, level: (where: number) => number): number[] {
  return [...Array.from({ length: steps }, (_, i) => level(steps === 1 ? 0 : i / (steps - 1))), 0];
}

/** The two ends of a discretisation, sigmaMin < sigmaMax. */
export interface Range {
  sigmaMin: number;
  sigmaMax: number;
}

/** `steps` levels at positions from 0 to 1, evenly spaced, and a final 0. A single step is taken from position 0 to the end. */
export function ramp(steps: number, level: (position: number) => number): number[] {
  return [...Array.from({ length: steps }, (_, i) => level(steps === 1 ? 0 : i / (steps - 1))), 0];
}

import { ramp } from './ramp.js';

/** The discrete noise levels of iDDPM's training. */
export interface DiscreteLevels {
  /** M, the number of levels. */
  levels: number;
  /** The smallest allowed ratio of alpha-bar at one level to that at the next less noisy one. */
  c1: number;
  /** Shifts the cosine away from its end. */
  c2: number;
}

export interface IddpmShape extends DiscreteLevels {
  /** The first level that is used, counted from the noisiest; below `levels`. */
  first: number;
}

/** u_0 .. u_M, falling to u_M = 0: iDDPM's discrete noise levels. EDM, Table 1, last row. */
export function discreteLevels({ levels, c1, c2 }: DiscreteLevels): number[] {
  const alphaBar = (j: number) => Math.sin((Math.PI * j) / (2 * levels * (c2 + 1))) ** 2;
  const rising = [0];
  for (let j = levels; j > 0; j--) {
    const ratio = Math.max(alphaBar(j - 1) / alphaBar(j), c1);
    rising.push(Math.sqrt((rising.at(-1)! ** 2 + 1) / ratio - 1));
  }
  return rising.reverse();
}

/** steps + 1 sigmas: evenly spaced picks from iDDPM's levels, from `first` to the last above 0, then 0. EDM, Table 1, column iDDPM. RangeError for more steps than levels. */
export function iddpmLevels(steps: number, shape: IddpmShape): number[] {
  const { levels, first } = shape;
  if (steps > levels - first) {
    throw new RangeError(`the iddpm discretisation has ${Math.max(0, levels - first)} levels from number ${first} on; ${steps} steps need as many`);
  }
  const u = discreteLevels(shape);
  return ramp(steps, (position) => u[Math.floor(first + (levels - 1 - first) * position + 0.5)]!);
}

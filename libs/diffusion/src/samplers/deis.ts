import type { Tableau } from '../tableau.js';
import { vpTime } from '../vp-process.js';
import type { VpProcess } from '../vp-process.js';
import { eulerStep } from './euler.js';
import { alongSlopes, basisAt, levelsBefore } from './slopes.js';

export interface DeisOptions extends VpProcess {
  /** r of tAB-r, 1 to 3: the degree of the polynomial, through r + 1 slopes. */
  degree: number;
}

/**
 * DEIS, tAB: the slope is a polynomial in the time t of the variance-preserving process, integrated over sigma; lower degrees on the first steps, Euler's step to 0.
 * Zhang and Chen 2022 (arXiv 2204.13902), eq. 14 and 15. (With a polynomial in sigma, their rhoAB, it is lms.)
 */
export function deis({ degree, ...process }: DeisOptions): Tableau {
  return (sigmas) => sigmas.slice(1).map((next, i) => {
    const sigma = sigmas[i]!;
    if (next === 0) return eulerStep(sigma, next);
    const times = levelsBefore(sigmas, i, degree + 1).map((level) => vpTime(process, level));
    return alongSlopes(sigmas, i, integrals((level) => times.map((time) => basisAt(times, time, vpTime(process, level))), sigma, next));
  });
}

/** Gauss-Legendre's five points on [-1, 1] with their weights. */
const gauss = [[0, 128 / 225], ...[-1, 1].flatMap((sign) => [-1, 1].map((side) => [(side * Math.sqrt(5 + sign * 2 * Math.sqrt(10 / 7))) / 3, (322 - sign * 13 * Math.sqrt(70)) / 900] as const))] as const;

/** The integral of each function over sigma, between two levels above 0: over ln sigma, in pieces of at most 1/8, to about twelve digits. */
function integrals(functions: (sigma: number) => readonly number[], from: number, to: number): number[] {
  const [start, width] = [Math.log(from), Math.log(to / from)];
  const pieces = Math.ceil(8 * Math.abs(width));
  const points = Array.from({ length: pieces }, (_, piece) => gauss.map(([place, weight]) => {
    const sigma = Math.exp(start + (width * (piece + (1 + place) / 2)) / pieces);
    return { values: functions(sigma), weight: (weight * sigma * width) / (2 * pieces) };
  })).flat();
  return functions(from).map((_, j) => points.reduce((sum, { values, weight }) => sum + weight * values[j]!, 0));
}

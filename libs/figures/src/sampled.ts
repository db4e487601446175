import type { Distribution, SamplingRun } from './parts.js';
import type { Point } from './figure.js';

/** Values of x from one end to the other, both included. */
export function spaced(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Values from one end to the other with equal ratios. */
export function logSpaced(from: number, to: number, count: number): number[] {
  return spaced(Math.log(from), Math.log(to), count).map(Math.exp);
}

export function sampled(f: (x: number) => number, xs: readonly number[]): Point[] {
  return xs.map((x) => [x, f(x)] as const);
}

/** Minimum and maximum of any number of values: Math.min is limited to some ten thousand arguments. */
export function endsOf(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
}

/** The tails of a distribution do not widen an axis: a clipped schedule reaches sigma 30,000. */
const tail = 0.005;

/** All but the tails of the training distributions, every level that sampling visits, and a small margin at either end. */
export function sigmaDomain({ distributions, runs }: { distributions: readonly Distribution[]; runs: readonly SamplingRun[] }): [number, number] {
  const sigmas = [...distributions.flatMap(({ levels }) => [levels.quantile(tail), levels.quantile(1 - tail)]), ...runs.flatMap((run) => run.sigmas)];
  const [min, max] = endsOf(sigmas);
  const room = (max / min) ** 0.03 * 1.05;
  return [min / room, max * room];
}

import { compareWithBest, type Better } from './compare-with-best.js';
import { meanOf, type Trial } from './trial.js';

/** A look of successive halving. */
export interface Halved {
  /** Places of the configurations, best mean first; of equals the first given comes first. */
  order: number[];
  /** How many of these go on. */
  kept: number;
  /** How many of the others cannot be told apart from the last that goes on: paired differences at common seeds, Holm, 5 %. */
  undecided: number;
}

/** How many of so many configurations a look of successive halving lets go on: one in `factor`, at least one. */
export const goOn = (configurations: number, factor: number): number => Math.min(configurations, Math.max(1, Math.ceil(configurations / factor)));

/**
 * Which of some configurations, all trained equally long, are trained further: one in `factor`, at least one, by mean (Jamieson and Talwalkar 2016). No chance
 * of an error is promised: a configuration that is behind may have overtaken the others later. Each configuration has a trial.
 */
export function halved(configurations: readonly (readonly Trial[])[], { better, factor }: { better: Better; factor: number }): Halved {
  const sign = better === 'lower' ? 1 : -1;
  const means = configurations.map((trials) => sign * meanOf(trials.map(({ value }) => value)));
  const order = [...configurations.keys()].sort((a, b) => means[a]! - means[b]! || a - b);
  const kept = goOn(order.length, factor);
  const edge = order.slice(Math.max(0, kept - 1)).map((place) => configurations[place]!);
  const undecided = edge.length < 2 ? 0 : compareWithBest(edge, { better }).toBest.filter((other) => other !== null && !other.apart).length;
  return { order, kept, undecided };
}

/** Kendall's tau of two orders of the same things: 1 where they agree, -1 where one is the other backwards; null for fewer than two. */
export function kendallTau<T>(one: readonly T[], other: readonly T[]): number | null {
  const place = new Map(other.map((thing, index) => [thing, index]));
  const places = one.map((thing) => place.get(thing)!);
  const pairs = (places.length * (places.length - 1)) / 2;
  let agreeing = 0;
  for (const [i, before] of places.entries()) for (const after of places.slice(i + 1)) agreeing += Number(before < after);
  return pairs === 0 ? null : (2 * agreeing) / pairs - 1;
}

import { halved, kendallTau } from '@elucidate/statistics/halving';
import { canonical } from './canonical.js';
import { patternOf } from './cell-pattern.js';
import { halvingOf, lengthInRace, lengthsOf } from './halving.js';
import { higherIsBetter } from './metric-requests.js';
import type { Halving, Spec } from './spec.js';
import type { Racer } from './stopped.js';

type Patterns = Halving['looks'][number]['order'];

/** Kendall's tau of an order with that of the look before, of the cells that stand in both. */
function agreementOf(order: Patterns, before: Patterns | undefined): number | null {
  const [now, then] = [order.map(canonical), (before ?? []).map(canonical)];
  return kendallTau(now.filter((cell) => then.includes(cell)), then.filter((cell) => now.includes(cell)));
}

/**
 * The sweep after a look at a halving, all of whose cells are trained as long as they were to be: one in `factor` of those still in it, the best by mean, is
 * trained longer; one of which a trial diverged is stopped. The one that is left alone is trained to the end. A function of its arguments alone; the result is a sweep file.
 */
export function afterHalving(spec: Spec, racers: readonly Racer[], { metric }: { metric: string }): object {
  const halving = halvingOf(spec)!;
  const complete = racers.filter(({ trials }) => trials.length >= spec.seeds.train.length * spec.seeds.sample.length);
  const { order, kept, undecided } = halved(complete.map(({ trials }) => trials), { better: higherIsBetter(metric) ? 'higher' : 'lower', factor: halving.factor });
  const ranked = order.map((place) => patternOf(spec, complete[place]!.config));
  const stopped = [...ranked.slice(kept), ...racers.filter((racer) => !complete.includes(racer)).map(({ config }) => patternOf(spec, config))];
  const left = ranked.slice(0, kept);
  const look = { images: lengthInRace(spec), left: left.length, stopped, order: left, undecided, agreement: agreementOf(ranked, halving.looks.at(-1)?.order) };
  const looks = [...halving.looks, look];
  return { ...spec, race: { ...halving, looks, over: left.length <= 1 || looks.length >= lengthsOf(spec).length - 1 } };
}

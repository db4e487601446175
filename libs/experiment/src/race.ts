import { stoppedAt } from '@elucidate/statistics/race';
import { patternOf } from './cell-pattern.js';
import { afterHalving } from './halving-look.js';
import { higherIsBetter } from './metric-requests.js';
import type { ParameterName } from './parameters.js';
import type { SeedRace, Spec } from './spec.js';
import { stoppedBy, type Racer } from './stopped.js';

type Values = Readonly<Partial<Record<ParameterName, unknown>>>;

/** The race over train seeds of a sweep; undefined for one without. */
const seedRaceOf = ({ race }: Pick<Spec, 'race'>): SeedRace | undefined => (race === undefined || race.kind === 'halving' ? undefined : race);

/** How many train seeds the cells that are still in the race have. */
export function seedsInRace(spec: Pick<Spec, 'race' | 'seeds'>): number {
  const race = seedRaceOf(spec);
  const [last, all] = [race?.looks.at(-1), spec.seeds.train.length];
  // the winner of a race needs no more
  if (race === undefined || race.over) return last !== undefined && last.left <= 1 ? last.seeds : all;
  return Math.min(all, last === undefined ? race.first : last.seeds + 1);
}

/** Why a race gave a cell no more: "stopped after 3 train seeds", "stopped at 8000 of 32000 images"; null for one that was not stopped. */
export function stopText(spec: Spec, config: Values): string | null {
  const look = stoppedBy(spec, config);
  if (look === null || spec.race === undefined) return null;
  return spec.race.kind === 'halving' ? `stopped at ${spec.race.looks[look]!.images} of ${spec.train.images} images` : `stopped after ${spec.race.looks[look]!.seeds} train seeds`;
}

/** Train seeds of a cell: all, or in a race over them those that it has had so far. */
export function trainSeedsOf(spec: Spec, config: Values): number[] {
  const race = seedRaceOf(spec);
  if (race === undefined) return spec.seeds.train;
  const look = stoppedBy(spec, config);
  return spec.seeds.train.slice(0, look === null ? seedsInRace(spec) : race.looks[look]!.seeds);
}

/** The sweep after a look at its race; a sweep file. */
export const afterLook = (spec: Spec, racers: readonly Racer[], found: { metric: string; among: number }): object =>
  (spec.race?.kind === 'halving' ? afterHalving(spec, racers, found) : afterSeedLook(spec, racers, found));

/**
 * The sweep after a look at a race over train seeds, all of whose cells have the seeds that they were to have: without those that cannot be the best any more, and those of
 * which a trial diverged; the others get the next seed. The race is over when one is left, or none has seeds to get. What is left of `level` is divided among the looks to come,
 * so that no more than `level` is spent however many seeds are added meanwhile. A function of its arguments alone; the result is a sweep file.
 */
function afterSeedLook(spec: Spec, racers: readonly Racer[], { metric, among }: { metric: string; among: number }): object {
  const race = seedRaceOf(spec)!;
  const seeds = seedsInRace(spec);
  const whole = seeds * spec.seeds.sample.length;
  const complete = racers.filter(({ trials }) => trials.length >= whole);
  const looks = Math.max(1, spec.seeds.train.length - seeds);
  const level = levelLeft(race, spec.seeds.train.length);
  const behind = complete.length === 0 ? [] : stoppedAt(complete.map(({ trials }) => trials), { better: higherIsBetter(metric) ? 'higher' : 'lower', level, looks, among });
  const out = [...racers.filter((racer) => !complete.includes(racer)), ...complete.filter((_, place) => behind[place])];
  const left = racers.length - out.length;
  const look = { seeds, left, stopped: out.map(({ config }) => patternOf(spec, config)), spent: level / looks };
  return { ...spec, race: { ...race, looks: [...race.looks, look], over: left <= 1 || seeds + 1 >= spec.seeds.train.length } };
}

/** What the looks so far have left of a race's level; a look that does not say took its share of as many as there are seeds for. */
function levelLeft({ level, looks, first }: SeedRace, seeds: number): number {
  const share = level / Math.max(1, seeds - first);
  return Math.max(0, level - looks.reduce((sum, { spent = share }) => sum + spent, 0));
}

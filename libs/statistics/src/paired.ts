import { overSeeds, type OverSeeds } from './over-seeds.js';
import { twoSidedP } from './student-t.js';
import { seedsKey, type Trial } from './trial.js';

/** One configuration less another, trial by trial, over the pairs of seeds that both have. */
export interface Paired extends OverSeeds {
  /** Two-sided p of no difference, by the t test; null where there is no interval. */
  p: number | null;
}

/** Each trial less the other configuration's trial of the same train seed and sample seed; trials without a partner are left out. */
export function differences(trials: readonly Trial[], others: readonly Trial[]): Trial[] {
  const byKey = new Map(others.map((trial) => [seedsKey(trial), trial.value]));
  return trials.flatMap((trial) => {
    const other = byKey.get(seedsKey(trial));
    return other === undefined ? [] : [{ ...trial, value: trial.value - other }];
  });
}

/** The paired difference of two configurations: what the seeds have in common cancels. null if no pair of seeds is common to them. */
export function paired(trials: readonly Trial[], others: readonly Trial[], confidence = 0.95): Paired | null {
  const common = differences(trials, others);
  if (common.length === 0) return null;
  const over = overSeeds(common, confidence);
  return { ...over, p: pOf(over) };
}

function pOf({ mean, standardError, degreesOfFreedom }: OverSeeds): number | null {
  if (standardError === null || degreesOfFreedom === null) return null;
  if (standardError === 0) return mean === 0 ? 1 : 0;
  return twoSidedP(mean / standardError, degreesOfFreedom);
}

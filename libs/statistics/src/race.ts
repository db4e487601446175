import { bestOf, type Better } from './compare-with-best.js';
import { errorOver } from './over-seeds.js';
import { differences } from './paired.js';
import { twoSidedP } from './student-t.js';
import type { Trial } from './trial.js';

/** One look of a race. */
export interface Look {
  better: Better;
  /** The chance that the truly best one is stopped at any look, at most. */
  level: number;
  /** How many looks there are in all. */
  looks: number;
  /** How many configurations started. */
  among: number;
}

/**
 * Which configurations of a race cannot be the best any more: those whose paired difference to the one that leads now, over common seeds, is significant at
 * level / (looks (among - 1)), one-sided. The truly best one is stopped only if it loses to some other one at some look by chance, of which there are
 * looks (among - 1) tests, so that over the whole race it is lost with a chance of at most `level` (Bonferroni), whichever leads when. Successive elimination
 * (Even-Dar, Mannor and Mansour 2006) with paired t tests, as races of Maron and Moore (1997). Each configuration has a trial; a single pair of seeds stops nothing.
 */
export function stoppedAt(configurations: readonly (readonly Trial[])[], { better, level, looks, among }: Look): boolean[] {
  const lead = bestOf(configurations, better);
  const alpha = level / (Math.max(1, looks) * Math.max(1, among - 1));
  return configurations.map((trials, i) => i !== lead && isBehind(differences(trials, configurations[lead]!), better, alpha));
}

/** Whether differences to another configuration are worse than none, by a one-sided t test. */
function isBehind(found: readonly Trial[], better: Better, alpha: number): boolean {
  const over = found.length === 0 ? null : errorOver(found);
  if (over === null) return false;
  const behind = better === 'lower' ? over.mean : -over.mean;
  return behind > 0 && (over.standardError === 0 || twoSidedP(behind / over.standardError, over.degreesOfFreedom) / 2 < alpha);
}

import { stoppedAt } from '../race.js';
import { seededRandom, type Random } from '../random.js';
import { simulatedTogether } from '../simulated.js';
import { commonSpread } from './level.js';
import type { Proof, Simulation } from './proof.js';

const [first, most] = [3, 10];

/** True means in standard deviations of a training's own part; the first is the best, or one of the best. */
const fields: Readonly<Record<string, readonly number[]>> = {
  '8 equal configurations': new Array<number>(8).fill(30),
  '8 in steps of 1': Array.from({ length: 8 }, (_, i) => 30 + i),
  '20 in steps of 2': Array.from({ length: 20 }, (_, i) => 30 + 2 * i),
};

interface Raced {
  kept: boolean;
  /** Training runs made, of those without a race. */
  made: number;
}

/** A race over training runs, from the first three to ten, one more after each look. */
export function raced(random: Random, means: readonly number[], level = 0.05): Raced {
  const all = simulatedTogether(random, { trainingRuns: most, samples: 1 }, { means, common: { ...commonSpread, samples: 0 }, own: { trainingRuns: 1, samples: 0, rest: 0 } });
  let left = [...means.keys()];
  let made = means.length * first;
  for (let seeds = first; seeds < most && left.length > 1; seeds++) {
    const stopped = stoppedAt(left.map((i) => all[i]!.filter(({ train }) => train < seeds)), { better: 'lower', level, looks: most - first, among: means.length });
    left = left.filter((_, place) => !stopped[place]);
    if (left.length > 1) made += left.length;
  }
  return { kept: left.includes(0), made: made / (means.length * most) };
}

/** How often a race keeps the truly best configuration to the end, which is promised for 95 %, and how much of the training it saves. */
export function raceProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 5);
  const few = Math.ceil(runs / 4);
  return Object.entries(fields).flatMap(([words, means]): Proof[] => {
    const races = Array.from({ length: few }, () => raced(random, means));
    const share = (of: (one: Raced) => number): number => races.reduce((sum, one) => sum + of(one), 0) / few;
    return [
      { part: 'race', name: `${words}, 3 to 10 training runs: the best is never stopped`, promise: { low: 0.95, high: 1 }, measured: share(({ kept }) => Number(kept)) },
      { part: 'race', name: `${words}, 3 to 10 training runs: training runs made, of all`, promise: null, measured: share(({ made }) => made) },
    ];
  });
}

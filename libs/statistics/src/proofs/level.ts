import { overSeeds } from '../over-seeds.js';
import { paired } from '../paired.js';
import { seededRandom } from '../random.js';
import { simulatedTogether, type Spread } from '../simulated.js';
import { shareOf, type Proof, type Simulation } from './proof.js';
import { sizes, sizeText, spreads } from './shapes.js';

/** What seeds do to all configurations alike, here much more than what each has of its own. */
export const commonSpread: Spread = { trainingRuns: 3, samples: 2, rest: 1 };
const own = spreads['training runs differ, samples less']!;
const ownOf = (samples: number): Spread => (samples === 1 ? { ...own, samples: 0 } : own);

/** How often the paired test at level 0.05 calls equal configurations different, and sees a difference of three standard deviations of a training's own part; beside it, whether two separate intervals would. */
export function levelProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 2);
  const test = (means: readonly [number, number], size: (typeof sizes)[number]) => simulatedTogether(random, size, { means, common: commonSpread, own: ownOf(size.samples) });
  return sizes.flatMap((size): Proof[] => [
    { part: 'paired test', name: `${sizeText(size)}, equal configurations called different`, promise: { low: 0, high: 0.06 }, measured: shareOf(runs, () => rejects(test([30, 30], size))) },
    { part: 'paired test', name: `${sizeText(size)}, a difference of 3 seen`, promise: null, measured: shareOf(runs, () => rejects(test([30, 33], size))) },
    { part: 'paired test', name: `${sizeText(size)}, a difference of 3 seen by intervals that do not overlap`, promise: null, measured: shareOf(runs, () => disjoint(test([30, 33], size))) },
  ]);
}

type Two = ReturnType<typeof simulatedTogether>;

const rejects = ([a, b]: Two): boolean => paired(a!, b!)!.p! < 0.05;

function disjoint([a, b]: Two): boolean {
  const [one, other] = [overSeeds(a!).interval!, overSeeds(b!).interval!];
  return one.high < other.low || other.high < one.low;
}

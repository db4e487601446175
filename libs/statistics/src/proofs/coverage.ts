import { bootstrapInterval } from '../bootstrap.js';
import { overSeeds, type Interval } from '../over-seeds.js';
import { seededRandom } from '../random.js';
import { simulated, type Size, type Spread } from '../simulated.js';
import { shareOf, type Proof, type Simulation } from './proof.js';
import { sizes, sizeText, spreads } from './shapes.js';

const contains = ({ low, high }: Interval, value: number): boolean => low <= value && value <= high;

/** An interval over one level is exact; one over both is wider than needed where one of the levels contributes little. */
const promiseFor = ({ samples }: Size): Proof['promise'] => ({ low: 0.93, high: samples === 1 ? 0.97 : 1 });

/** With one sample seed the interval is about new training runs that share it. */
const seen = (spread: Spread, { samples }: Size): Spread => (samples === 1 ? { ...spread, samples: 0 } : spread);

/** How often 95 % intervals contain the true mean. */
export function coverageProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed);
  const intervals = sizes.flatMap((size) => Object.entries(spreads).filter(([, spread]) => size.samples > 1 || spread.samples === 0).map(([words, spread]): Proof => ({
    part: 'interval', name: `${sizeText(size)}, ${words}`, promise: promiseFor(size),
    measured: shareOf(runs, () => contains(overSeeds(simulated(random, { ...size, mean: 30, spread: seen(spread, size) })).interval!, 30)),
  })));
  const unbalanced: Proof = {
    part: 'interval', name: '5 x 3 of which 4 trials are missing, training runs differ, samples less', promise: { low: 0.93, high: 1 },
    measured: shareOf(runs, () => contains(overSeeds(simulated(random, { trainingRuns: 5, samples: 3, mean: 30, spread: spreads['training runs differ, samples less']! }).filter((_, i) => i % 4 !== 1)).interval!, 30)),
  };
  return [...intervals, unbalanced, ...bootstraps({ runs: Math.ceil(runs / 10), seed })];
}

function bootstraps({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 1);
  return [3, 5, 20].map((trainingRuns): Proof => ({
    part: 'bootstrap', name: `${trainingRuns} x 1, training runs differ`, promise: null,
    measured: shareOf(runs, () => contains(bootstrapInterval(simulated(random, { trainingRuns, samples: 1, mean: 30, spread: spreads['training runs differ']! }), random, { resamples: 500 }), 30)),
  }));
}

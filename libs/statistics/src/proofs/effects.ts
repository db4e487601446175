import { analysisOfVariance, type Anova, type Configuration } from '../anova.js';
import { fTail } from '../f-distribution.js';
import type { Interval } from '../over-seeds.js';
import { normal, seededRandom, type Random } from '../random.js';
import type { Size } from '../simulated.js';
import { meanOf, type Trial } from '../trial.js';
import type { Proof, Simulation } from './proof.js';
import { sizeText } from './shapes.js';

/** A factor of training runs, and two of sampling, which share them. */
const counts = [2, 3, 2] as const;
const levels = Array.from({ length: 12 }, (_, i) => [Math.floor(i / 6), Math.floor(i / 2) % 3, i % 2]);
/** Standard deviations: of what a training run does to all of its samples, and of a trial alone. */
const [ofRun, ofTrial] = [1, 0.4];
const terms = { 'training factor': 0, 'sampling factor': 1, 'interaction': 3 } as const;

/** How far a level of each factor is from the mean, and how much their interaction adds. */
interface Truth {
  training: number;
  sampling: number;
  interaction: number;
}

/** A sweep in which every seed does much to all configurations alike, and each training run something to its own. */
function sweep(random: Random, { trainingRuns, samples }: Size, { training, sampling, interaction }: Truth): Configuration[] {
  const [bySeed, bySample] = [trainingRuns, samples].map((count) => Array.from({ length: count }, () => 3 * normal(random)));
  const runs = Array.from({ length: 2 * trainingRuns }, () => ofRun * normal(random));
  return levels.map((own) => {
    const [a, b] = own as [number, number, number];
    const mean = training * (2 * a - 1) + sampling * (b - 1) + interaction * (2 * a - 1) * (b - 1);
    const trials = bySeed!.flatMap((seed, train) => bySample!.map((noise, sample): Trial => ({ train, sample, value: 30 + mean + seed + noise + runs[2 * train + a]! + ofTrial * normal(random) })));
    return { levels: own, trials };
  });
}

/** The p of the training factor by the rest of all configurations, as an analysis without seeds as blocks of every effect would have it. */
function pByRest({ effects, rest, configurations, trainingRuns, samples }: Anova): number {
  const trials = trainingRuns * samples;
  const df = (configurations - 1) * (trials - 1);
  return fTail(effects[0]!.share / (rest.noise / df), 1, df);
}

const contains = (interval: Interval | null, value: number): number => Number(interval !== null && interval.low <= value && value <= interval.high);
const sizes: readonly Size[] = [{ trainingRuns: 3, samples: 1 }, { trainingRuns: 5, samples: 1 }, { trainingRuns: 3, samples: 3 }];

/** How often the F tests call no effect one, and how often the intervals of effect sizes contain the true ones. */
export function effectProofs({ runs, seed }: Simulation): Proof[] {
  const random = seededRandom(seed + 5);
  const few = Math.ceil(runs / 4);
  return sizes.flatMap((size): Proof[] => {
    const part = 'effects' as const;
    const none = Array.from({ length: few }, () => analysisOfVariance(sweep(random, size, { training: 0, sampling: 0, interaction: 0 }), counts));
    const truth = { training: 2.5, sampling: 0.5, interaction: 0.4 };
    const some = Array.from({ length: few }, () => analysisOfVariance(sweep(random, size, truth), counts));
    const spreads = [truth.training, truth.sampling * Math.sqrt(2 / 3), truth.interaction * Math.sqrt(2 / 3)];
    const share = (of: readonly Anova[], is: (one: Anova) => number): number => meanOf(of.map(is));
    // with both seeds the degrees of freedom are approximate, as those of a mean
    const covered = size.samples === 1 ? { low: 0.93, high: 0.97 } : { low: 0.93, high: 1 };
    return [
      ...Object.entries(terms).map(([name, place]): Proof => ({ part, name: `${sizeText(size)}, no ${name}, called one`, promise: { low: 0, high: 0.06 }, measured: share(none, ({ effects }) => Number(effects[place]!.p! < 0.05)) })),
      { part, name: `${sizeText(size)}, no training factor, called one by the rest of all configurations`, promise: null, measured: share(none, (one) => Number(pByRest(one) < 0.05)) },
      ...Object.entries(terms).map(([name, place], i): Proof => ({ part, name: `${sizeText(size)}, interval of the spread by the ${name}`, promise: covered, measured: share(some, ({ effects }) => contains(effects[place]!.spreadInterval, spreads[i]!)) })),
      ...(size.samples === 1 ? Object.entries(terms).map(([name, place], i): Proof => ({ part, name: `${sizeText(size)}, interval of partial omega squared of the ${name}`, promise: covered, measured: share(some, ({ effects }) => contains(effects[place]!.omegaInterval, omegaOf(spreads[i]!, place))) })) : []),
    ];
  });
}

/** Partial omega squared of a spread: the mean square of the training factor has what its six configurations have in common six times. */
function omegaOf(spread: number, place: number): number {
  const meanSquare = ofTrial ** 2 + (place === 0 ? 6 * ofRun ** 2 : 0);
  return spread ** 2 / (spread ** 2 + meanSquare);
}

import { bySeed, meanOf, type Trial } from './trial.js';

/**
 * The variance of a score by its origin: y = mean + training + sample + rest. Sample seeds are common noise, the same for every training, so that trials
 * of one sample seed are related as those of one training are: the two levels are crossed, not nested.
 */
export interface Components {
  /** Variance between training runs. */
  trainingRuns: number;
  /** Variance between sample seeds. */
  samples: number;
  /** Variance of what is left. Where there is one training or one sample seed, or as many of each as trials, this and the other cannot be told apart: it is 0, or is all. */
  rest: number;
}

/** How the seeds are spread over trials. */
export interface Design {
  /** Trials. */
  trials: number;
  trainingRuns: number;
  samples: number;
  /** sum of squared trials per training, over squared trials: 1 / training runs if balanced. */
  trainingShare: number;
  sampleShare: number;
  /** Whether each training has the same sample seeds. */
  balanced: boolean;
  /** Groups of trials that have no seed in common with each other: 1 if balanced. Seeds of different groups are never compared, so each group costs both levels a degree of freedom. */
  groups: number;
}

export function designOf(trials: readonly Trial[]): Design {
  const [trainingRuns, samples] = [bySeed(trials, 'train'), bySeed(trials, 'sample')];
  const share = (groups: ReadonlyMap<number, Trial[]>): number => [...groups.values()].reduce((sum, { length }) => sum + length ** 2, 0) / trials.length ** 2;
  const balanced = trainingRuns.size * samples.size === trials.length;
  return { trials: trials.length, trainingRuns: trainingRuns.size, samples: samples.size, trainingShare: share(trainingRuns), sampleShare: share(samples), balanced, groups: balanced ? 1 : groupsOf(trainingRuns, samples) };
}

/** How many groups of trials are connected by seeds. */
function groupsOf(trainingRuns: ReadonlyMap<number, readonly Trial[]>, samples: ReadonlyMap<number, readonly Trial[]>): number {
  const [left, samplesLeft] = [new Set(trainingRuns.keys()), new Set(samples.keys())];
  let groups = 0;
  for (const start of trainingRuns.keys()) {
    if (!left.delete(start)) continue;
    groups++;
    const open = [start];
    for (let train = open.pop(); train !== undefined; train = open.pop()) {
      for (const { sample } of trainingRuns.get(train)!) {
        if (samplesLeft.delete(sample)) open.push(...samples.get(sample)!.map((trial) => trial.train).filter((other) => left.delete(other)));
      }
    }
  }
  return groups;
}

/** Mean squares of training runs and sample seeds, each beyond the other, and of what is left; the expectation of the first two is that of the last plus size times their own component. */
export interface MeanSquares {
  trainingRuns: number;
  samples: number;
  rest: number;
  /** Trials that a training has, and a sample seed: their number if balanced, else what makes the expectations right. */
  perTraining: number;
  perSample: number;
}

/**
 * Mean squares of a crossed design with at least two training runs, two sample seeds, and trials enough to tell what is left from both. Balanced: analysis of
 * variance. Otherwise Henderson's third method (Searle, Casella, McCulloch 1992, section 5.5): what each level explains beyond the other.
 */
export function meanSquares(trials: readonly Trial[], { trials: n, trainingRuns: a, samples: b, groups }: Design): MeanSquares {
  const [ofTrainingRuns, ofSamples, ofBoth] = [squares(within(trials, 'train')), squares(within(trials, 'sample')), squares(withinBoth(trials))];
  return { trainingRuns: (ofSamples - ofBoth) / (a - groups), samples: (ofTrainingRuns - ofBoth) / (b - groups), rest: ofBoth / (n - a - b + groups), perTraining: (n - b) / (a - groups), perSample: (n - a) / (b - groups) };
}

const squares = (trials: readonly Trial[]): number => trials.reduce((sum, { value }) => sum + value ** 2, 0);

/** Trials less the mean of their seed. */
function within(trials: readonly Trial[], level: 'train' | 'sample'): Trial[] {
  const means = new Map([...bySeed(trials, level)].map(([seed, group]) => [seed, meanOf(group.map(({ value }) => value))]));
  return trials.map((trial) => ({ ...trial, value: trial.value - means.get(trial[level])! }));
}

const mostRounds = 500;

/** Residuals of the least-squares fit of both levels, by fitting one after the other until nothing changes: at once if balanced. */
function withinBoth(trials: readonly Trial[]): Trial[] {
  let left = within(within(trials, 'train'), 'sample');
  for (let round = 0; round < mostRounds; round++) {
    const next = within(within(left, 'train'), 'sample');
    const still = squares(left) - squares(next) > 1e-10 * squares(next);
    left = next;
    if (!still) break;
  }
  return left;
}

import { designOf, meanSquares, type Components, type Design, type MeanSquares } from './components.js';
import { tQuantile } from './student-t.js';
import { meanOf, type Trial } from './trial.js';

export interface Interval {
  low: number;
  high: number;
}

/** What an interval is about: new training runs and new samples; new training runs, with the one sample seed there is; new samples of the one training there is. */
export type Reach = 'training runs and samples' | 'training runs' | 'samples';

/** The mean of a score over its seeds. */
export interface OverSeeds extends Design {
  mean: number;
  components: Components;
  /** null, as all that follows, where the trials do not suffice for one: a single trial, or seeds of which too few were combined. */
  standardError: number | null;
  /** Satterthwaite's degrees of freedom of the standard error. */
  degreesOfFreedom: number | null;
  interval: Interval | null;
  reach: Reach | null;
}

/** Part of the variance of a mean: a factor on a mean square, with its degrees of freedom. */
export interface Part {
  factor: number;
  meanSquare: number;
  degreesOfFreedom: number;
}

/** The variance of a mean by its origin. */
export interface Variance {
  components: Components;
  parts: readonly Part[];
  reach: Reach;
}

/**
 * Mean over all trials, its standard error with training and sample seed as crossed random effects, and the t interval with the degrees of freedom of
 * Satterthwaite (1946). A component that is estimated below 0 counts as absent. Trials must have distinct pairs of seeds; there must be at least one.
 */
export function overSeeds(trials: readonly Trial[], confidence = 0.95): OverSeeds {
  const design = designOf(trials);
  const mean = meanOf(trials.map(({ value }) => value));
  const variance = pooledVariance([trials], design);
  if (variance === null) return { ...design, mean, components: { trainingRuns: 0, samples: 0, rest: 0 }, standardError: null, degreesOfFreedom: null, interval: null, reach: null };
  const { components, parts, reach } = variance;
  const { standardError, degreesOfFreedom } = errorOf(parts);
  const half = tQuantile((1 + confidence) / 2, degreesOfFreedom) * standardError;
  return { ...design, mean, components, standardError, degreesOfFreedom, interval: { low: mean - half, high: mean + half }, reach };
}

/** The mean of trials and its standard error, as overSeeds has them; null where the trials do not suffice for one. */
export function errorOver(trials: readonly Trial[]): { mean: number; standardError: number; degreesOfFreedom: number } | null {
  const variance = pooledVariance([trials], designOf(trials));
  return variance && { mean: meanOf(trials.map(({ value }) => value)), ...errorOf(variance.parts) };
}

/** The standard error of a mean with these parts of variance, and its degrees of freedom. */
export function errorOf(parts: readonly Part[]): { standardError: number; degreesOfFreedom: number } {
  const variance = parts.reduce((total, { factor, meanSquare }) => total + factor * meanSquare, 0);
  return { standardError: Math.sqrt(variance), degreesOfFreedom: satterthwaite(parts, variance) };
}

/** Satterthwaite's approximation; at least the fewest that a part has, which it is below only where parts cancel. */
function satterthwaite(parts: readonly Part[], sum: number): number {
  const used = parts.filter(({ factor, meanSquare }) => factor * meanSquare !== 0);
  if (used.length === 0) return Math.min(...parts.map(({ degreesOfFreedom }) => degreesOfFreedom));
  const least = Math.min(...used.map(({ degreesOfFreedom }) => degreesOfFreedom));
  return Math.max(least, sum ** 2 / used.reduce((total, { factor, meanSquare, degreesOfFreedom }) => total + (factor * meanSquare) ** 2 / degreesOfFreedom, 0));
}

/**
 * The parts of the variance of a mean; null if the trials do not tell. Of several sets of trials over the same seeds, such as orthogonal contrasts of configurations:
 * what is alike in all of them, pooled, each part with the degrees of freedom of all.
 */
export function pooledVariance(sets: readonly (readonly Trial[])[], design: Design): Variance | null {
  const { trials: n, trainingRuns, samples, groups } = design;
  if (n === 1) return null;
  if (trainingRuns === 1 || samples === 1 || (trainingRuns === n && samples === n)) {
    const meanSquare = meanOf(sets.map((trials) => squaresAround(trials) / (n - 1)));
    const [level, reach] = trainingRuns > 1 && samples > 1 ? (['rest', 'training runs and samples'] as const) : trainingRuns === 1 ? (['samples', 'samples'] as const) : (['trainingRuns', 'training runs'] as const);
    return { components: { trainingRuns: 0, samples: 0, rest: 0, [level]: meanSquare }, parts: [{ factor: 1 / n, meanSquare, degreesOfFreedom: sets.length * (n - 1) }], reach };
  }
  return n - trainingRuns - samples + groups > 0 ? crossed(sets, design) : null;
}

function squaresAround(trials: readonly Trial[]): number {
  const mean = meanOf(trials.map(({ value }) => value));
  return trials.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
}

function crossed(sets: readonly (readonly Trial[])[], design: Design): Variance | null {
  const all = sets.map((trials) => meanSquares(trials, design));
  const [{ perTraining, perSample }] = all as [MeanSquares];
  const pooled = (of: (one: MeanSquares) => number): number => meanOf(all.map(of));
  const found: MeanSquares = { trainingRuns: pooled((one) => one.trainingRuns), samples: pooled((one) => one.samples), rest: pooled((one) => one.rest), perTraining, perSample };
  if (!Object.values(found).every(Number.isFinite)) return null;
  const rest = Math.max(0, found.rest);
  const components = { trainingRuns: Math.max(0, (found.trainingRuns - rest) / perTraining), samples: Math.max(0, (found.samples - rest) / perSample), rest };
  const parts = crossedParts(components, { ...design, perTraining, perSample });
  return { components, parts: parts.map((part) => ({ ...part, degreesOfFreedom: sets.length * part.degreesOfFreedom })), reach: 'training runs and samples' };
}

type CrossedDesign = Omit<Design, 'balanced'> & Pick<MeanSquares, 'perTraining' | 'perSample'>;

/** The parts of the variance of a mean over crossed seeds, with the mean squares that these components make one expect; a component of 0 has none. */
export function crossedParts({ trainingRuns: ofTrainingRuns, samples: ofSamples, rest }: Components, { trials: n, trainingRuns, samples, trainingShare, sampleShare, groups, perTraining, perSample }: CrossedDesign): Part[] {
  const factors = [ofTrainingRuns > 0 ? trainingShare / perTraining : 0, ofSamples > 0 ? sampleShare / perSample : 0] as const;
  return [
    { factor: factors[0], meanSquare: rest + perTraining * ofTrainingRuns, degreesOfFreedom: trainingRuns - groups },
    { factor: factors[1], meanSquare: rest + perSample * ofSamples, degreesOfFreedom: samples - groups },
    { factor: 1 / n - factors[0] - factors[1], meanSquare: rest, degreesOfFreedom: n - trainingRuns - samples + groups },
  ];
}

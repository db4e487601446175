import { meanOf, type Trial } from '@elucidate/statistics/trial';
import { confidenceOf } from './confidence.js';
import { configLabel } from './estimate-text.js';
import { byMetricOrder } from './metric-requests.js';
import type { ScoreBasis } from './score-basis.js';
import type { Confidence } from './tables.js';
import { csvRecord } from './table-text.js';
import { varyingKeys } from './varying-keys.js';

/** A score of x0-hat at every step of one trial's sampling. */
export interface TrajectoryTrial {
  cellId: string;
  config: Readonly<Record<string, unknown>>;
  metric: string;
  n: number | null;
  evaluator: string | null;
  trainSeed: number;
  sampleSeed: number;
  /** The level that each step started from. */
  sigmas: readonly number[];
  values: readonly number[];
}

export interface TrajectoryPoint {
  sigma: number;
  mean: number;
  confidence: Confidence;
}

/** One configuration along its sampling. */
export interface TrajectoryLine {
  cell: string;
  /** "sampler heun, steps 10": what it has and others do not. */
  label: string;
  /** In the order of the steps. */
  points: readonly TrajectoryPoint[];
}

/** A metric of x0-hat along the sampling trajectories of a sweep. */
export interface TrajectoryPlot {
  sweepId: string;
  sweepName: string;
  metric: string;
  lines: readonly TrajectoryLine[];
  /** Configurations that were scored, but of another evaluator or n. */
  incomparable: number;
  /** Only the first configurations of the sweep were read. */
  cut: boolean;
  /** Configurations of the sweep. */
  configurations: number;
  basis: ScoreBasis | null;
}

/** What trajectories of one evaluator and n share. */
export const trajectoryGroup = ({ evaluator, n }: Pick<TrajectoryTrial, 'evaluator' | 'n'>): string => `${evaluator} ${n}`;

function lineOf(trials: readonly TrajectoryTrial[], keys: readonly string[]): TrajectoryLine {
  const [first] = trials as [TrajectoryTrial];
  const seeded = (step: number): Trial[] => trials.map(({ trainSeed, sampleSeed, values }) => ({ train: trainSeed, sample: sampleSeed, value: values[step]! }));
  return {
    cell: first.cellId, label: keys.map((key) => `${key} ${configLabel(key, first.config[key])}`).join(', ') || 'all',
    points: first.values.map((_, step) => ({ sigma: first.sigmas[step]!, mean: meanOf(trials.map(({ values }) => values[step]!)), confidence: confidenceOf(first.metric, seeded(step)) })),
  };
}

/** One picture for each metric: a line for each configuration, its mean over trials at each level. Of several evaluators or n, those of the most images. */
export function trajectoryPlots(trials: readonly TrajectoryTrial[], { basisOf, ...sweep }: Pick<TrajectoryPlot, 'sweepId' | 'sweepName' | 'cut' | 'configurations'> & { basisOf: (trial: TrajectoryTrial) => ScoreBasis | null }): TrajectoryPlot[] {
  const metrics = [...new Set(trials.map(({ metric }) => metric))].sort(byMetricOrder);
  return metrics.map((metric) => {
    const own = trials.filter((trial) => trial.metric === metric);
    const [largest] = own.toSorted((a, b) => (b.n ?? 0) - (a.n ?? 0)) as [TrajectoryTrial];
    const shown = own.filter((trial) => trajectoryGroup(trial) === trajectoryGroup(largest));
    const keys = varyingKeys(shown.map(({ config }) => config));
    const cells = [...new Set(shown.map(({ cellId }) => cellId))];
    const all = new Set(own.map(({ cellId }) => cellId));
    return { ...sweep, metric, incomparable: all.size - cells.length, basis: basisOf(largest), lines: cells.map((cell) => lineOf(shown.filter(({ cellId }) => cellId === cell), keys)) };
  });
}

/** A record for each step of each configuration. */
export function trajectoryCsv({ metric, lines, basis }: TrajectoryPlot): string {
  const header = ['cell', 'configuration', 'metric', 'step', 'sigma', 'mean', 'low', 'high', 'training_runs', 'samples', 'n', 'evaluator', 'basis', 'weak'];
  const records = lines.flatMap(({ cell, label, points }) => points.map(({ sigma, mean, confidence: { interval, trainingRuns, samples } }, step) =>
    csvRecord([cell, label, metric, step + 1, sigma, mean, interval?.low ?? null, interval?.high ?? null, trainingRuns, samples, basis?.n ?? null, basis?.evaluator ?? null, basis?.words ?? null, basis?.weak.join('; ') ?? null])));
  return `${[csvRecord(header), ...records].join('\r\n')}\r\n`;
}

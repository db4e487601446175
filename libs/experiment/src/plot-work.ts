import { plural } from './plural.js';

/** Costs of a configuration that are counted or measured, not chosen. */
export const workPaths = ['nfe', 'sampleSeconds', 'totalSeconds'] as const;
export type WorkPath = (typeof workPaths)[number];

export const isWorkPath = (path: string): path is WorkPath => (workPaths as readonly string[]).includes(path);

/** Those that are measured, on a device. */
export const isMeasured = (path: string): path is Exclude<WorkPath, 'nfe'> => isWorkPath(path) && path !== 'nfe';

/** Seconds of one trial, and where they were measured. */
export interface TrialSeconds {
  cellId: string;
  /** Device, engine and threads of its sampling. */
  device: string;
  /** Of the attempt that generated its images. */
  sample: number;
  /** Of the attempts at the training runs that it needs, up to the one that ended each; null unless all were on the same device. */
  train: number | null;
}

/** Where costs were measured. */
export interface PlotWork {
  /** "AMD EPYC 7B13, simd, 2 threads". */
  device: string;
  /** Trials measured on it. */
  trials: number;
  /** Other devices, whose seconds do not compare, with their trials. */
  others: readonly { device: string; trials: number }[];
}

/** The device that most trials ran on; of several, the first by name. null: nothing was measured. */
export function workOf(measured: readonly TrialSeconds[]): PlotWork | null {
  const counts = new Map<string, number>();
  for (const { device } of measured) counts.set(device, (counts.get(device) ?? 0) + 1);
  const [first, ...others] = [...counts].map(([device, trials]) => ({ device, trials })).sort((a, b) => b.trials - a.trials || (a.device < b.device ? -1 : 1));
  return first === undefined ? null : { ...first, others };
}

/** What the trials of one configuration took on average, and the range over them. */
export interface Seconds {
  mean: number;
  low: number;
  high: number;
}

/** Configuration -> its seconds on one device, for those that were measured there. */
export function secondsOn(device: string, path: WorkPath, measured: readonly TrialSeconds[]): Map<string, Seconds> {
  const byCell = new Map<string, number[]>();
  for (const { cellId, sample, train, ...trial } of measured) {
    if (trial.device !== device || (path === 'totalSeconds' && train === null)) continue;
    byCell.set(cellId, [...(byCell.get(cellId) ?? []), path === 'totalSeconds' ? sample + train! : sample]);
  }
  return new Map([...byCell].map(([cellId, seconds]) => [cellId, { mean: seconds.reduce((sum, one) => sum + one, 0) / seconds.length, low: Math.min(...seconds), high: Math.max(...seconds) }]));
}

/** "Device-seconds of AMD EPYC, simd, 2 threads, of the time that an attempt held a slot; 3 trials on H100 do not compare and are left out." */
export const workWords = ({ device, others }: PlotWork): string =>
  `Device-seconds of ${device}: the time that attempts held a slot${others.length === 0 ? '' : `; ${others.map(({ device: other, trials }) => `${plural(trials, 'trial')} on ${other}`).join(', ')} do not compare and are left out`}.`;

import { plural } from '@elucidate/experiment/plural';
import { columnsFor } from '../facets.js';
import type { Axis, CurvePanel, Figure, Point } from '../figure.js';
import { robustRange } from '../robust-range.js';

/** The loss of every step of a training run. */
export interface LossCurve {
  /** Images a step. */
  batch: number;
  losses: readonly number[];
}

/** Points of a curve at most; each is the mean of consecutive steps. */
const mostPoints = 200;

/** Means of equally many consecutive steps, at the images seen by the middle of each: single steps differ by the noise levels they drew. */
export function smoothed({ batch, losses }: LossCurve): Point[] {
  const length = Math.max(1, Math.ceil(losses.length / mostPoints));
  return Array.from({ length: Math.ceil(losses.length / length) }, (_, i) => {
    const part = losses.slice(i * length, (i + 1) * length);
    return [(i * length + part.length / 2) * batch, part.reduce((sum, loss) => sum + loss, 0) / part.length] as const;
  });
}

/** The losses of some training runs. */
export interface Losses {
  sweepName: string;
  runs: readonly { label: string; facet: string | null; points: readonly Point[] }[];
  /** Of so many runs that are done, where they are of a whole sweep. */
  done?: number;
}

/** How the losses of runs are scaled together: an axis that few outliers do not set. */
function lossAxis(losses: readonly number[]): { axis: Axis; outside: number } {
  const positive = losses.every((loss) => loss > 0);
  const range = robustRange(losses, positive);
  const domain = range === null || range.low === range.high ? {} : { domain: [range.low, range.high] as const };
  return { axis: { label: `loss${positive ? ', log scale' : ''}`, scale: positive ? 'log' : 'linear', ...domain }, outside: range?.outside ?? 0 };
}

const outsideNote = (outside: number): string[] => (outside === 0 ? [] : ['Points far from the others are beyond the axis, which is for the rest.']);

/** Training losses over the images seen: a line for each run, in a panel for each facet, all with one y axis. */
export function lossFigure({ sweepName, runs, done }: Losses): Figure {
  const { axis, outside } = lossAxis(runs.flatMap(({ points }) => points.map(([, loss]) => loss)));
  const facets = [...new Set(runs.map(({ facet }) => facet))];
  return {
    title: `Training loss · ${sweepName}`,
    subtitle: `The weighted loss of the training batches over the images seen; each point is the mean of consecutive steps, at most ${mostPoints} points a run. Losses of different loss weights or parameterisations do not compare.`,
    panels: facets.map((facet): CurvePanel => ({
      kind: 'curves', ...(facet !== null && { title: facet }), x: { label: 'images seen', scale: 'linear' }, y: axis,
      series: runs.filter((run) => run.facet === facet).map(({ label, points }) => ({ label, points })),
    })),
    columns: columnsFor(facets.length), legend: 'right',
    notes: [
      ...outsideNote(outside),
      ...(done === undefined ? [] : [`${runs.length} of ${plural(done, 'training run')} that ${done === 1 ? 'is' : 'are'} done.`]),
    ],
  };
}

/** Losses that a training run has reported so far. */
export interface ReportedLosses {
  /** "train 3f2a9c01". */
  stage: string;
  /** The step and the loss of each report; of a run that names no steps, the number of the report. */
  points: readonly Point[];
  across: 'step' | 'report';
}

/** The losses of a run that is under way, each as it was reported. */
export function reportedLossFigure({ stage, points, across }: ReportedLosses): Figure {
  const { axis, outside } = lossAxis(points.map(([, loss]) => loss));
  return {
    title: `Training loss · ${stage}`,
    subtitle: 'As it was reported since this page was opened: the weighted loss of one training batch at a time.',
    panels: [{ kind: 'curves', x: { label: across, scale: 'linear', whole: true }, y: axis, series: [{ label: stage, points }] }],
    columns: 1, legend: 'none', notes: outsideNote(outside),
  };
}

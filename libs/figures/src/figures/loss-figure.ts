import { plural } from '@elucidate/experiment/plural';
import { columnsFor } from '../facets.js';
import type { CurvePanel, Figure, Point } from '../figure.js';
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

/** Training losses over the images seen: a line for each run, in a panel for each facet, all with one y axis. */
export function lossFigure({ sweepName, runs, done }: Losses): Figure {
  const losses = runs.flatMap(({ points }) => points.map(([, loss]) => loss));
  const positive = losses.every((loss) => loss > 0);
  const range = robustRange(losses, positive);
  const domain = range === null || range.low === range.high ? {} : { domain: [range.low, range.high] as const };
  const facets = [...new Set(runs.map(({ facet }) => facet))];
  return {
    title: `Training loss · ${sweepName}`,
    subtitle: `The weighted loss of the training batches over the images seen; each point is the mean of consecutive steps, at most ${mostPoints} points a run. Losses of different loss weights or parameterisations do not compare.`,
    panels: facets.map((facet): CurvePanel => ({
      kind: 'curves', ...(facet !== null && { title: facet }), x: { label: 'images seen', scale: 'linear' }, y: { label: `loss${positive ? ', log scale' : ''}`, scale: positive ? 'log' : 'linear', ...domain },
      series: runs.filter((run) => run.facet === facet).map(({ label, points }) => ({ label, points })),
    })),
    columns: columnsFor(facets.length), legend: 'right',
    notes: [
      ...(range !== null && range.outside > 0 ? ['Points far from the others are beyond the axis, which is for the rest.'] : []),
      ...(done === undefined ? [] : [`${runs.length} of ${plural(done, 'training run')} that ${done === 1 ? 'is' : 'are'} done.`]),
    ],
  };
}

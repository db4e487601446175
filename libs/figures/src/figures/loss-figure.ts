import type { Figure, Point } from '../figure.js';

/** The loss of every step of a training run. */
export interface LossCurve {
  label: string;
  /** Images a step. */
  batch: number;
  losses: readonly number[];
}

/** Points of a curve at most; each is the mean of consecutive steps. */
const mostPoints = 200;

/** Means of equally many consecutive steps, at the images seen by the middle of each: single steps differ by the noise levels they drew. */
function smoothed({ batch, losses }: LossCurve): Point[] {
  const length = Math.max(1, Math.ceil(losses.length / mostPoints));
  return Array.from({ length: Math.ceil(losses.length / length) }, (_, i) => {
    const part = losses.slice(i * length, (i + 1) * length);
    return [(i * length + part.length / 2) * batch, part.reduce((sum, loss) => sum + loss, 0) / part.length] as const;
  });
}

/** Training losses over the images seen. */
export function lossFigure(curves: readonly LossCurve[], name: string): Figure {
  const positive = curves.every(({ losses }) => losses.every((loss) => loss > 0));
  const steps = Math.max(1, ...curves.map(({ losses }) => Math.ceil(losses.length / mostPoints)));
  return {
    title: `Training loss · ${name}`,
    subtitle: `The weighted loss of the training batches over the images seen${steps > 1 ? `; each point is the mean of ${steps} steps` : ''}. Losses of different loss weights or parameterisations do not compare.`,
    panels: [{ kind: 'curves', x: { label: 'images seen', scale: 'linear' }, y: { label: `loss${positive ? ', log scale' : ''}`, scale: positive ? 'log' : 'linear' }, series: curves.map((curve) => ({ label: curve.label, points: smoothed(curve) })) }],
    columns: 1, legend: 'right', notes: [],
  };
}

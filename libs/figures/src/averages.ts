import { exponentFor, reconstruction, snapshotProfiles, snapshotSteps, stdOf } from '@elucidate/experiment/power-average';
import { labelOf } from '@elucidate/experiment/labels';
import type { ParameterValues } from '@elucidate/experiment/parameters';
import type { Spec } from '@elucidate/experiment/spec';
import type { Figure, Series } from './figure.js';
import { grouped, valuesOf } from './parts.js';
import { sampled, spaced } from './sampled.js';

/** A power-function average of the weights of a sweep's training runs, in numbers. */
export interface AverageSummary {
  label: string;
  /** The exponent of its profile. */
  exponent: number;
  /** The standard deviation of its profile, as a fraction of the training. */
  std: number;
  /** The images at the end of training that have half its weight. */
  halfLifeImages: number;
  /** How far the profile reconstructed from snapshots is from it; see `Reconstruction`. */
  error: number;
}

type Ema = ParameterValues['ema'];

/** Those of cells, then those of their guides, each once. */
function averagesOf(cells: readonly ParameterValues[]): Ema[] {
  const ofGuides = valuesOf(cells, 'guidance').flatMap((guidance) => (guidance.kind === 'autoguidance' && guidance.ema !== undefined ? [guidance.ema] : []));
  return grouped([...valuesOf(cells, 'ema'), ...ofGuides], (ema) => ema).map(([first]) => first!);
}

/** Of the averages that cells sample those made from snapshots, for training runs of `train.images`. */
export function averageSummaries(cells: readonly ParameterValues[], { train: { images, batch, emaSnapshots } }: Pick<Spec, 'train'>): AverageSummary[] {
  if (emaSnapshots === undefined || images === 0) return [];
  const after = snapshotSteps(Math.ceil(images / batch), emaSnapshots).map((step) => Math.min(step * batch, images));
  const averages = averagesOf(cells).filter((ema) => ema.kind === 'power');
  if (averages.length === 0) return [];
  const reconstructed = reconstruction(snapshotProfiles(after));
  return averages.map((ema) => {
    const exponent = exponentFor(ema, images);
    const { error } = reconstructed({ exponent, images });
    return { label: labelOf('ema', ema), exponent, std: stdOf(exponent), halfLifeImages: images * -Math.expm1(-Math.LN2 / (exponent + 1)), error };
  });
}

/** How much the weights after each part of a training count in each average. */
export function averagesFigure(averages: readonly AverageSummary[]): Figure {
  const series: Series[] = averages.map(({ label, exponent }) => ({ label, points: sampled((t) => (exponent + 1) * t ** exponent, spaced(0, 1, 401)) }));
  const most = Math.max(...averages.map(({ exponent }) => exponent + 1));
  return {
    title: 'Averages of the weights',
    subtitle: '(γ + 1) t^γ: how much the weights after a fraction t of the training count in an average. Karras 2024 (EDM2).',
    panels: [{ kind: 'curves', x: { label: 'fraction of the training', scale: 'linear', domain: [0, 1] }, y: { label: 'density of the average', scale: 'linear', domain: [0, most] }, series }],
    columns: 1,
    legend: 'right',
    notes: [],
  };
}

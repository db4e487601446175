import type { Figure, Series } from '../figure.js';
import type { Parts } from '../parts.js';
import { sampled, spaced } from '../sampled.js';

const ts = spaced(0, 1, 201);

/** gamma(t) of every schedule. */
export function gammaFigure({ schedules, discretisationSchedules }: Pick<Parts, 'schedules' | 'discretisationSchedules'>): Figure {
  const series: Series[] = [
    ...schedules.map(({ label, schedule }) => ({ label, points: sampled((t) => schedule.gamma(t), ts) })),
    ...discretisationSchedules.map(({ label, schedule }) => ({ label: `${label}, discretisation only`, points: sampled((t) => schedule.gamma(t), ts) })),
  ];
  return {
    title: 'Noise schedules',
    subtitle: 'x_t = sqrt(γ) b x0 + sqrt(1 − γ) ε: all data at t = 0, all noise at t = 1. As Chen 2023, Fig. 3.',
    panels: [{ kind: 'curves', x: { label: 'diffusion time t', scale: 'linear', domain: [0, 1] }, y: { label: 'signal power γ(t)', scale: 'linear', domain: [0, 1] }, series }],
    columns: 1,
    legend: 'right',
    notes: discretisationSchedules.length > 0 ? ['"discretisation only": no training learns on this schedule; only sampling discretisations use it.'] : [],
  };
}

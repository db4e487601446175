import type { PlainScheduleShape, ScheduleShape } from '../schedules.js';

export const clipMin = 1e-9;

const ddpm: PlainScheduleShape = { kind: 'beta-linear', betaMin: 1e-4, betaMax: 0.02, steps: 1000, clipMin };
const song: PlainScheduleShape = { kind: 'vp', betaD: 19.9, betaMin: 0.1, clipMin };

/** At least one of every kind; the record is total, so every test of the family includes a new kind. */
const examples: { readonly [K in ScheduleShape['kind']]: readonly Extract<ScheduleShape, { kind: K }>[] } = {
  linear: [{ kind: 'linear', clipMin }],
  cosine: [
    { kind: 'cosine', start: 0, end: 1, tau: 1, clipMin },
    { kind: 'cosine', start: 0.2, end: 1, tau: 3, clipMin },
    { kind: 'cosine', start: 0.1, end: 0.7, tau: 0.4, clipMin },
  ],
  sigmoid: [
    { kind: 'sigmoid', start: -3, end: 3, tau: 0.9, clipMin },
    { kind: 'sigmoid', start: 0, end: 3, tau: 0.3, clipMin },
  ],
  'cosine-released': [{ kind: 'cosine-released', clipMin }],
  log: [{ kind: 'log', start: 1, end: 100, clipMin }],
  'beta-linear': [ddpm, { kind: 'beta-linear', betaMin: 0.01, betaMax: 1, steps: 7, clipMin }],
  vp: [song],
  'shifted-cosine': [
    { kind: 'shifted-cosine', shift: 0.5, clipMin },
    { kind: 'shifted-cosine', shift: 0.125, clipMin },
  ],
  laplace: [
    { kind: 'laplace', mean: 0, scale: 0.5, clipMin },
    { kind: 'laplace', mean: -1, scale: 0.8, clipMin },
  ],
  'logit-normal': [
    { kind: 'logit-normal', mean: 0, std: 1, clipMin },
    { kind: 'logit-normal', mean: -1.2, std: 1.2, clipMin },
  ],
  'flow': [
    { kind: 'flow', shift: 1, clipMin },
    { kind: 'flow', shift: 3, clipMin },
  ],
  'mode-weighted': [
    { kind: 'mode-weighted', scale: 1.29, clipMin },
    { kind: 'mode-weighted', scale: -0.5, clipMin },
  ],
  'zero-terminal-snr': [
    { kind: 'zero-terminal-snr', of: ddpm, clipMin },
    { kind: 'zero-terminal-snr', of: song, clipMin },
    { kind: 'zero-terminal-snr', of: { kind: 'cosine-released', clipMin }, clipMin },
    { kind: 'zero-terminal-snr', of: { kind: 'linear', clipMin: 0.05 }, clipMin: 0.001 },
  ],
};

/** [title, shape] of every example. */
export const everySchedule: readonly [string, ScheduleShape][] = Object.values(examples)
  .flat()
  .map((shape) => [JSON.stringify(shape, (key, value) => (key === 'clipMin' && value === clipMin ? undefined : value)), shape]);

/** The midpoints of `count` equal slices of [0, 1]. */
export function midpoints(count: number): number[] {
  return Array.from({ length: count }, (_unused, i) => (i + 0.5) / count);
}

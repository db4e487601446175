import type { PlainScheduleSpec, ScheduleSpec } from './schedule-kinds.js';

/** How far gamma falls over a schedule, computed as libs/diffusion does, in float64: what is flat there, or all zero, cannot be trained on. */

/** The fall below which rounding is too much of gamma; the same in libs/diffusion/src/schedules/schedule.ts. */
export const leastFall = 1e-9;

type Falls = { readonly [K in PlainScheduleSpec['kind']]: (schedule: Extract<PlainScheduleSpec, { kind: K }>) => number };

/** From the value at the start of a curve to that at its end, as a fraction of the larger; NaN if both are 0. */
const fallOf = (top: number, bottom: number): number => (top - bottom) / Math.max(Math.abs(top), Math.abs(bottom));

const falls: Falls = {
  'linear': () => 1,
  'cosine': ({ start, end, tau }) => {
    const value = (u: number) => Math.max(0, Math.cos((u * Math.PI) / 2)) ** (2 * tau);
    return fallOf(value(start), value(end));
  },
  'sigmoid': ({ start, end, tau }) => {
    const value = (u: number) => 1 / (1 + Math.exp(u / tau));
    return fallOf(value(start), value(end));
  },
  'cosine-released': () => 1,
  'log': ({ start, end }) => fallOf(-Math.log(start), -Math.log(end)),
  'beta-linear': ({ betaMin, betaMax, steps }) => {
    let decay = 0;
    for (let i = 0; i < steps; i++) decay -= Math.log1p(-Math.min(betaMin + ((betaMax - betaMin) * i) / (steps - 1), 1 - Number.EPSILON / 2));
    return -Math.expm1(-decay);
  },
  'vp': ({ betaD, betaMin }) => -Math.expm1(-(betaD / 2 + betaMin)),
  // sigma(1), tan(pi/2)/shift
  'shifted-cosine': ({ shift }) => 1 / (1 + (shift / Math.tan(Math.PI / 2)) ** 2),
  'laplace': () => 1,
  'logit-normal': () => 1,
  'flow': () => 1,
  'mode-weighted': () => 1,
};

/** The part of a schedule that is flat: the schedule that it builds on, or itself; undefined for one that falls. */
export function flatPart(schedule: ScheduleSpec): string[] | undefined {
  const [plain, path] = schedule.kind === 'zero-terminal-snr' ? [schedule.of, ['of']] : [schedule, []];
  const fall = (falls[plain.kind] as (schedule: PlainScheduleSpec) => number)(plain);
  return fall > leastFall ? undefined : path;
}

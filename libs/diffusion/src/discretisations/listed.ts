import { sigmaOf } from '../levels.js';
import type { Schedule } from '../schedules.js';

/** What the numbers of a list are. */
export type LevelCoordinate = 'sigma' | 'gamma' | 't';

export interface ListedOptions {
  /** false: the last level is the list's last; otherwise it is 0. */
  denoiseToZero?: boolean | undefined;
}

/**
 * steps + 1 sigmas from a list. A list without 0 spans all of them, and its last gives way to 0 unless denoiseToZero is false; one that ends with 0 spans those
 * before it. If the list has another number of levels, ln sigma is interpolated, linearly in the index (as diffusers and its users do with Align Your Steps).
 */
export function listedLevels(steps: number, sigmas: readonly number[], { denoiseToZero = true }: ListedOptions): number[] {
  const last = sigmas.at(-1) === 0;
  if (last && !denoiseToZero) throw new RangeError('the list ends with 0, which denoiseToZero: false leaves out: write one or the other');
  const noisy = last ? sigmas.slice(0, -1) : sigmas;
  const levels = interpolated(noisy, last ? steps : steps + 1);
  return denoiseToZero ? [...(last ? levels : levels.slice(0, -1)), 0] : levels;
}

/** `count` levels of the list, ln sigma linear in the index; the list itself if it has as many. One level is its first. */
export function interpolated(sigmas: readonly number[], count: number): number[] {
  if (sigmas.length === count) return [...sigmas];
  return Array.from({ length: count }, (_, i) => {
    const place = count === 1 ? 0 : (i * (sigmas.length - 1)) / (count - 1);
    const below = Math.min(Math.floor(place), Math.max(0, sigmas.length - 2));
    const [from, to] = [sigmas[below]!, sigmas[below + 1] ?? sigmas[below]!];
    return place === below ? from : from * (to / from) ** (place - below);
  });
}

/** The sigmas of levels that are given as sigma, as gamma, or as t on a schedule. */
export function sigmasOf(values: readonly number[], coordinate: LevelCoordinate, { schedule, b }: { schedule: Schedule; b: number }): number[] {
  return values.map((value) => {
    switch (coordinate) {
      case 'sigma': return value;
      case 'gamma': return sigmaOf(value, b);
      // t = 0 is the image, even on a schedule that starts slightly below gamma = 1
      case 't': return value === 0 ? 0 : sigmaOf(schedule.gamma(value), b);
    }
  });
}

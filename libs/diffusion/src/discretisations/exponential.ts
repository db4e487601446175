import { ramp } from './ramp.js';
import type { Range } from './ramp.js';

/** steps + 1 sigmas, uniform in ln sigma from sigmaMax to sigmaMin, then 0. */
export function exponentialLevels(steps: number, range: Range): number[] {
  return polyexponentialLevels(steps, { ...range, rho: 1 });
}

/** steps + 1 sigmas from sigmaMax to sigmaMin, then 0: ln sigma is linear in r^rho, r from 1 to 0; with rho above 1 they are densest near sigmaMin. k-diffusion's polyexponential. */
export function polyexponentialLevels(steps: number, { rho, sigmaMin, sigmaMax }: Range & { rho: number }): number[] {
  return ramp(steps, (position) => sigmaMin * (sigmaMax / sigmaMin) ** ((1 - position) ** rho));
}

/** EDM, Table 1, column VE: sigma^2 falls geometrically, so uniform in ln sigma, then 0. Song et al. 2021. */
export function veLevels(steps: number, range: Range): number[] {
  return exponentialLevels(steps, range);
}

import { spread } from './spread.js';
import type { Range } from './spread.js';

/** steps + 1 sigmas, uniform in ln sigma from sigmaMax to sigmaMin, then 0. */
export function exponentialGrid(steps: number, range: Range): number[] {
  return polyexponentialGrid(steps, { ...range, rho: 1 });
}

/** steps + 1 sigmas from sigmaMax to sigmaMin, then 0: ln sigma goes with r^rho, r from 1 to 0; above rho 1 they crowd at sigmaMin. k-diffusion's polyexponential. */
export function polyexponentialGrid(steps: number, { rho, sigmaMin, sigmaMax }: Range & { rho: number }): number[] {
  return spread(steps, (where) => sigmaMin * (sigmaMax / sigmaMin) ** ((1 - where) ** rho));
}

/** EDM, Table 1, column VE: sigma^2 falls geometrically, so uniform in ln sigma, then 0. Song et al. 2021. */
export function veGrid(steps: number, range: Range): number[] {
  return exponentialGrid(steps, range);
}

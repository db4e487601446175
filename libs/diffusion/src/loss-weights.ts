import { outputScalings } from './preconditioning.js';
import type { OutputOptions, Parameterisation } from './preconditioning.js';

/** A loss weight as written in a spec. */
export type LossWeightShape =
  | { kind: 'uniform' }
  | { kind: 'edm' }
  | { kind: 'eps' }
  | { kind: 'min-snr'; snrCap: number }
  | { kind: 'soft-min-snr'; snrCap: number }
  | { kind: 'sigmoid'; bias: number }
  | { kind: 'learned'; channels: number };

export interface LossWeightOptions extends OutputOptions {
  /** What the network predicts; the weight multiplies the error of this output. */
  kind: Parameterisation;
}

/** A weight as its authors state it: a factor on the squared error of one parameterisation's output. */
interface StatedWeight {
  on: Parameterisation;
  factor: number;
}

/**
 * gamma/(1 - gamma) = 1/(b sigma)^2: signal-to-noise ratio of x_t = sqrt(gamma) z + sqrt(1 - gamma) eps, where z = b x0 counts as unit
 * power, as in the papers below, where z is the data. So these weights are functions of gamma alone, for any b.
 */
function snrOf(sigma: number, b: number): number {
  return 1 / (b * sigma) ** 2;
}

type Stated = { readonly [K in LossWeightShape['kind']]: (shape: Extract<LossWeightShape, { kind: K }>, sigma: number, options: LossWeightOptions) => StatedWeight };

const stated: Stated = {
  'uniform': (_shape, _sigma, { kind }) => ({ on: kind, factor: 1 }),
  'edm': () => ({ on: 'edm', factor: 1 }),
  'eps': () => ({ on: 'eps', factor: 1 }),
  'min-snr': ({ snrCap }, sigma, { b }) => ({ on: 'x0', factor: Math.min(snrOf(sigma, b), snrCap) }),
  'soft-min-snr': ({ snrCap }, sigma, { b }) => ({ on: 'x0', factor: 1 / (1 / snrOf(sigma, b) + 1 / snrCap) }),
  'sigmoid': ({ bias }, sigma, { b }) => ({ on: 'eps', factor: 1 / (1 + snrOf(sigma, b) * Math.exp(-bias)) }),
  'learned': () => ({ on: 'edm', factor: 1 }),
};

/**
 * The factor on the squared error of the network's own target F at one noise level, sigma > 0. All but 'uniform' weight the denoiser's error
 * equally for every parameterisation, because the error of x0-hat is cOut times that of F.
 * uniform: 1.
 * edm: (sigma^2 + sigmaData^2)/(sigma sigmaData)^2 on the error of x0-hat, so 1 on EDM's F (EDM, Table 1).
 * eps: 1/sigma^2 on the error of x0-hat, so 1 on eps (EDM, Table 1, columns VP, VE and iDDPM).
 * min-snr: min(SNR, snrCap) on the error of z-hat, so min(SNR, snrCap)/SNR for eps and /(SNR + 1) for v (Hang et al. 2023).
 * soft-min-snr: SNR snrCap/(SNR + snrCap) likewise; with snrCap = 1/(b sigmaData)^2 it is k-diffusion's
 *   (sigma sigmaData)^2/(sigma^2 + sigmaData^2)^2 on EDM's F.
 * sigmoid: sigmoid(bias - ln SNR) on the error of eps-hat (Kingma & Gao 2023, there multiplied by -d(ln SNR)/dt as well).
 * learned: that of edm, which a head beside the network then divides by what it learns of the loss at each level (level-uncertainty.ts).
 */
export function lossWeight(shape: LossWeightShape, sigma: number, options: LossWeightOptions): number {
  const { on, factor } = (stated[shape.kind] as (shape: LossWeightShape, sigma: number, options: LossWeightOptions) => StatedWeight)(shape, sigma, options);
  const outputError = (kind: Parameterisation) => outputScalings(kind, sigma, options).cOut;
  return factor * (outputError(options.kind) / outputError(on)) ** 2;
}

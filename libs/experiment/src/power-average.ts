import { qrOf } from '@elucidate/statistics/least-squares';
import { rootBetween } from '@elucidate/statistics/root-between';
import type { EmaSpec } from './sampling-grammar.js';

type PowerAverage = Extract<EmaSpec, { kind: 'power' }>;

/**
 * Averages of a network's weights by power functions: after t images, the weights after s of them count as s^exponent, by the density
 * (exponent + 1) s^exponent / t^(exponent + 1) on (0, t]. Karras et al. 2024 (EDM2, arXiv 2312.02696), sec. 3 and app. C.
 */
export interface Profile {
  /** Above -1; 0 weighs all steps alike. */
  exponent: number;
  /** t, in images. */
  images: number;
}

/** The standard deviation of a profile as a fraction of its length, EDM2's sigma_rel. EDM2, app. C. */
export function stdOf(exponent: number): number {
  return Math.sqrt((exponent + 1) / ((exponent + 2) ** 2 * (exponent + 3)));
}

/** The exponent of a profile with this standard deviation, a fraction of its length in (0, 0.288]. */
export function exponentOf(std: number): number {
  // stdOf(e) < 1/(e + 1), and it falls from e = 0 on
  return rootBetween((exponent) => std - stdOf(exponent), 0, 1 / std);
}

/** The exponent of a profile that has half its weight on the last `share` of its length, in (0, 1/2]. */
export function exponentOfHalfLife(share: number): number {
  return Math.LN2 / -Math.log1p(-share) - 1;
}

/** The exponent of a power-function average of the grammar, over a training of so many images. */
export const exponentFor = ({ std, halfLifeImages }: PowerAverage, images: number): number => (std === undefined ? exponentOfHalfLife(halfLifeImages! / images) : exponentOf(std));

/** The fraction of a directly kept average that remains after a step that ends at `seen` images: with it the step's weights count as the profile's integral over the step. EDM2, app. C. */
export function powerDecay(exponent: number, { seen, before }: { seen: number; before: number }): number {
  return (before / seen) ** (exponent + 1);
}

/** The integral of the product of two profiles. EDM2, Alg. 3. */
export function profileProduct(a: Profile, b: Profile): number {
  const [shorter, longer] = a.images < b.images ? [a, b] : [b, a];
  return ((a.exponent + 1) * (b.exponent + 1) * (shorter.images / longer.images) ** longer.exponent) / ((a.exponent + b.exponent + 1) * longer.images);
}

export interface Reconstruction {
  /** The weight of each snapshot, [snapshots]; they sum to 1. */
  coefficients: Float64Array;
  /** The distance of the reconstructed profile from the requested one, in the L2 norm over images, as a fraction of the norm of the requested one. */
  error: number;
}

/** For any other profile the sum of these snapshots' profiles that comes closest to it, by least squares, scaled to sum to 1. EDM2, Alg. 3. */
export function reconstruction(snapshots: readonly Profile[]): (wanted: Profile) => Reconstruction {
  const products = snapshots.map((a) => Float64Array.from(snapshots, (b) => profileProduct(a, b)));
  const decomposed = qrOf(products);
  return (wanted) => {
    const along = Float64Array.from(snapshots, (a) => profileProduct(a, wanted));
    const solved = decomposed.coefficients(along);
    const sum = solved.reduce((total, coefficient) => total + coefficient, 0);
    const coefficients = solved.map((coefficient) => coefficient / sum);
    const whole = profileProduct(wanted, wanted);
    const found = products.reduce((total, row, i) => total + coefficients[i]! * row.reduce((inner, product, j) => inner + product * coefficients[j]!, 0), 0);
    const shared = along.reduce((total, product, i) => total + product * coefficients[i]!, 0);
    return { coefficients, error: Math.sqrt(Math.max(0, whole - 2 * shared + found) / whole) };
  };
}

/** Standard deviations of the two averages of which a training keeps snapshots, as fractions of the images so far. EDM2, app. C. */
export const trackStds = [0.05, 0.1] as const;
const trackExponents = trackStds.map(exponentOf);

/** The fraction of each track that remains after a step. */
export const trackDecays = (step: { seen: number; before: number }): number[] => trackExponents.map((exponent) => powerDecay(exponent, step));

/** The profiles of a training's snapshots: of each track, one after each number of images. */
export const snapshotProfiles = (images: readonly number[]): Profile[] => trackExponents.flatMap((exponent) => images.map((after) => ({ exponent, images: after })));

/**
 * The steps, counted from 1, after which a training of so many takes `count` snapshots of each track, the last at its end; each step once. They are denser
 * at the start, for averages longer than the tracks, and at the end, for shorter ones.
 */
export function snapshotSteps(steps: number, count: number): number[] {
  const places = Array.from({ length: count }, (_, i) => 1 - (1 - ((i + 1) / count) ** 1.75) ** 1.5);
  return [...new Set(places.map((place) => Math.max(1, Math.round(place * steps))))].filter((step) => step <= steps);
}

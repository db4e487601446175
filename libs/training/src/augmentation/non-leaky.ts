import type { RandomStream } from '@elucidate/diffusion/noise';
import { type Augmented, mirrored, type Picture } from './picture.js';
import { type Affine, composed, identity, resampled } from './resample.js';

/** Numbers of the label: x-flip, y-flip, scale, rotation (2), anisotropy (2), translation (2). */
export const nonLeakyLabels = 9;

/** Standard deviations of log2 of the scales, and of a translation as a fraction of the side; EDM, app. F.2, Table 6. */
const deviation = { scale: 0.2, anisotropy: 0.2, translation: 0.125 } as const;

const scaling = (x: number, y: number): Affine => ({ ...identity, a: x, d: y });
const rotation = (angle: number): Affine => ({ ...identity, a: Math.cos(angle), b: -Math.sin(angle), c: Math.sin(angle), d: Math.cos(angle) });
const translation = (tx: number, ty: number): Affine => ({ ...identity, tx, ty });

/** The random draws for one image. Angles in radians; zeros where a transformation is not applied. */
export interface Draws {
  xFlip: 0 | 1;
  yFlip: 0 | 1;
  scale: number;
  rotation: number;
  anisotropy: number;
  axis: number;
  translation: readonly [number, number];
}

/** The x-flip has probability 1/2 regardless of `probability`, as in EDM; the others are applied with `probability`. */
export function drawsOf(random: RandomStream, probability: number): Draws {
  // all numbers but the axis's angle are drawn whether or not they are used
  const maybe = <T>(value: T, otherwise: T): T => (random.uniform() < probability ? value : otherwise);
  const angle = () => (2 * random.uniform() - 1) * Math.PI;
  const coin = (): 0 | 1 => (random.uniform() < 0.5 ? 1 : 0);
  return {
    xFlip: coin(),
    yFlip: maybe(coin(), 0),
    scale: maybe(random.normal(), 0),
    rotation: maybe(angle(), 0),
    anisotropy: maybe(random.normal(), 0),
    axis: random.uniform() < 0.5 ? angle() : 0,
    translation: maybe<readonly [number, number]>([random.normal(), random.normal()], [0, 0]),
  };
}

/** The transformed image and its label. */
export function transformed(picture: Picture, draws: Draws): Augmented {
  const { xFlip, yFlip, scale, anisotropy, axis, translation: [right, down] } = draws;
  let { pixels } = picture;
  if (xFlip) pixels = mirrored({ ...picture, pixels }, 'x');
  if (yFlip) pixels = mirrored({ ...picture, pixels }, 'y');
  if ([scale, draws.rotation, anisotropy, right, down].some((value) => value !== 0)) pixels = resampled({ ...picture, pixels }, toSource(draws, picture.size));
  const label = [xFlip, yFlip, scale, Math.cos(draws.rotation) - 1, Math.sin(draws.rotation), anisotropy * Math.cos(axis), anisotropy * Math.sin(axis), right, down];
  return { pixels, label };
}

/** Maps a pixel of the result to its source: the inverse transformations, last one first. */
function toSource({ scale, rotation: angle, anisotropy, axis, translation: [right, down] }: Draws, size: number): Affine {
  const [whole, along] = [2 ** (-deviation.scale * scale), 2 ** (-deviation.anisotropy * anisotropy)];
  return [
    scaling(whole, whole), rotation(angle), rotation(-axis), scaling(along, 1 / along), rotation(axis),
    translation(-right * size * deviation.translation, -down * size * deviation.translation),
  ].reduce(composed);
}

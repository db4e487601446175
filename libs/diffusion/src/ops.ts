import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';

export interface GroupNormOptions {
  /** Must divide the number of channels. */
  groups: number;
  /** Whether SiLU, x sigmoid(x), follows. Default true. */
  silu?: boolean;
  /** Added to the variance. Default 1e-5. */
  eps?: number | undefined;
}

/**
 * Group normalisation, scale and bias per channel, then SiLU (Wu & He 2018; Elfwing et al. 2018). x [n,h,w,c]; scale, bias [c].
 * Fused if the backend registers these kernels, all tensors float32:
 * 'GroupNormSilu' { x, scale, bias; groups, eps, silu } -> [y, stats [n,groups,2] = (mean, 1/std)] and
 * 'GroupNormSiluGrad' { dy, x, scale, bias, stats; groups, eps, silu } -> [dx, dscale, dbias].
 */
export function groupNormSilu(x: Tensor4D, scale: Tensor1D, bias: Tensor1D, { groups, silu = true, eps = 1e-5 }: GroupNormOptions): Tensor4D {
  const attrs = { groups, eps, silu };
  return hasKernel('GroupNormSilu') ? fusedGroupNorm({ x, scale, bias }, attrs) : composedGroupNorm({ x, scale, bias }, attrs);
}

/** Group norm of a map, or of two side by side, and uses of what it is of beside it. */
export interface BesideNorm {
  /** The norm. */
  y: Tensor4D;
  /** What it is of, for two uses beside it; the second is only there if it was asked for. */
  x: Tensor4D;
  again: Tensor4D;
}

/**
 * The same of x, or of x and `beside` side by side, and what it is of for whatever uses that beside the norm: its gradient is then added where the norm's is computed, if the backend registers
 * 'GroupNormBeside' { x, beside?, scale, bias; groups, eps, silu, left?: channels of x if there is `beside`, twice } -> [y, stats, x, x again if `twice`], with a gradient.
 */
export function groupNormBeside(x: Tensor4D, scale: Tensor1D, bias: Tensor1D, { beside, twice = false, ...options }: GroupNormOptions & { beside?: Tensor4D | undefined; twice?: boolean }): BesideNorm {
  if (!hasKernel('GroupNormBeside')) {
    const joined = beside ? tf.concat([x, beside], 3) : x;
    return { y: groupNormSilu(joined, scale, bias, options), x: joined, again: joined };
  }
  const { groups, silu: activate = true, eps = 1e-5 } = options;
  const [y, , same, again] = kernel('GroupNormBeside', { x, ...(beside && { beside }), scale, bias } as NamedTensorMap, { groups, eps, silu: activate, twice, ...(beside && { left: x.shape[3] }) }) as Tensor4D[];
  return { y: y!, x: same!, again: again ?? same! };
}

/**
 * Repeats each pixel twice along both sides, [n,h,w,c] -> [n,2h,2w,c].
 * Fused if the backend registers 'Upsample2x' { x } -> y and 'Upsample2xGrad' { dy } -> dx, dy summed over 2x2.
 * Not tf.image.resizeNearestNeighbor: its gradient on the cpu backend of tfjs 4.22 is wrong for n > 1.
 */
export function upsample2x(x: Tensor4D): Tensor4D {
  if (!hasKernel('Upsample2x')) return composedUpsample(x);
  const fused = tf.customGrad((input) => ({
    value: kernel('Upsample2x', { x: input as Tensor })[0]!,
    gradFunc: (dy: Tensor) => kernel('Upsample2xGrad', { dy })[0]!,
  }));
  return fused(x) as Tensor4D;
}

/**
 * The mean of each 2x2 block of pixels, [n,2h,2w,c] -> [n,h,w,c]. Fused through the kernels of `upsample2x`: it is their gradient up to a factor of 4.
 */
export function downsample2x(x: Tensor4D): Tensor4D {
  if (!hasKernel('Upsample2x')) return composedDownsample(x);
  const fused = tf.customGrad((input) => ({
    value: tf.mul(kernel('Upsample2xGrad', { dy: input as Tensor })[0]!, 1 / 4),
    gradFunc: (dy: Tensor) => tf.mul(kernel('Upsample2x', { x: dy })[0]!, 1 / 4),
  }));
  return fused(x) as Tensor4D;
}

/**
 * x [n,h,w,c] plus one value per image and channel, v [n,c].
 * Fused if the backend registers 'AddPerImage' { x, v } -> y and 'SumPerImage' { dy } -> dv, dy summed over pixels.
 */
export function addPerImage(x: Tensor4D, v: Tensor2D): Tensor4D {
  if (!hasKernel('AddPerImage')) return composedAddPerImage(x, v);
  const fused = tf.customGrad((xIn, vIn) => ({
    value: kernel('AddPerImage', { x: xIn as Tensor, v: vIn as Tensor })[0]!,
    gradFunc: (dy: Tensor) => [tf.clone(dy), kernel('SumPerImage', { dy })[0]!],
  }));
  return fused(x, v) as Tensor4D;
}

/** What is added to a convolution's result, in this order: bias [c], a number for each image and channel [n,c], another map of its shape. */
export interface Addends {
  bias?: Tensor1D | undefined;
  perImage?: Tensor2D | undefined;
  other?: Tensor4D | undefined;
}

/**
 * A convolution, and sums with it.
 * Fused if the backend registers 'ConvolveSum' { x, filter, bias?, perImage?, other?; strides, pad, dataFormat, dilations, biased: whether there is a bias } -> y, with a gradient.
 */
export function convolveSum(x: Tensor4D, filter: Tensor4D, { stride, pad }: { stride: 1 | 2; pad: 'same' | number }, { bias, perImage, other }: Addends): Tensor4D {
  const given = Object.fromEntries(Object.entries({ bias, perImage, other }).filter(([, tensor]) => tensor !== undefined)) as NamedTensorMap;
  if (Object.keys(given).length > 0 && hasKernel('ConvolveSum')) return kernel('ConvolveSum', { x, filter, ...given }, { strides: stride, pad, dataFormat: 'NHWC', dilations: 1, biased: bias !== undefined })[0] as Tensor4D;
  const y = tf.conv2d(x, filter, stride, pad);
  const biased = bias ? tf.add<Tensor4D>(y, bias) : y;
  const shifted = perImage ? addPerImage(biased, perImage) : biased;
  return other ? tf.add(shifted, other) : shifted;
}

/**
 * Group norm of such a sum.
 * Fused if the backend registers 'ConvolveNorm' { x, filter, bias?, perImage?, scale, offset; as 'ConvolveSum', groups, eps, silu, perImage: whether there is one } -> [y, stats, the sum], with a gradient.
 */
export function convolveNorm(x: Tensor4D, filter: Tensor4D, sum: { stride: 1 | 2; pad: 'same' | number; added: Omit<Addends, 'other'> }, norm: GroupNormOptions & { scale: Tensor1D; bias: Tensor1D }): Tensor4D {
  const { stride, pad, added: { bias, perImage } } = sum;
  const { scale, bias: offset, groups, silu: activate = true, eps = 1e-5 } = norm;
  if (!hasKernel('ConvolveNorm')) return groupNormSilu(convolveSum(x, filter, { stride, pad }, sum.added), scale, offset, norm);
  const attrs = { strides: stride, pad, dataFormat: 'NHWC', dilations: 1, biased: bias !== undefined, groups, eps, silu: activate, perImage: perImage !== undefined };
  return kernel('ConvolveNorm', { x, filter, ...(bias && { bias }), ...(perImage && { perImage }), scale, offset } as NamedTensorMap, attrs)[0] as Tensor4D;
}

/** Rows x [m,in], or those of images, [n,t,in], times a matrix [in,out], plus a bias and another tensor of the result's shape: a convolution with one tap where the backend has 'ConvolveSum'. */
export function affine<T extends Tensor2D | Tensor3D>(x: T, matrix: Tensor2D, { bias, other }: { bias?: Tensor1D | undefined; other?: T | undefined }): T {
  const [from, to] = matrix.shape;
  const rows = x.size / from;
  const shape = [...x.shape.slice(0, -1), to] as T['shape'];
  if (hasKernel('ConvolveSum')) {
    const [n, t = 1] = x.shape.slice(0, -1) as [number, number?];
    const pixels = (map: T, channels: number) => tf.reshape(map, [n, t, 1, channels]) as Tensor4D;
    const y = convolveSum(pixels(x, from), tf.reshape(matrix, [1, 1, from, to]) as Tensor4D, { stride: 1, pad: 'same' }, { bias, other: other && pixels(other, to) });
    return tf.reshape(y, shape) as unknown as T;
  }
  const y = tf.matMul(tf.reshape(x, [rows, from]) as Tensor2D, matrix);
  const biased = tf.reshape(bias ? tf.add(y, bias) : y, shape) as unknown as T;
  return other ? tf.add(other, biased) : biased;
}

/** Rows x [n,in] times each of several matrices [in,out], plus its bias, if the backend has 'AffineEach' [x, matrix, bias, matrix, bias, ...] -> the results, with a gradient; otherwise undefined. */
export function affineEach(x: Tensor2D, maps: readonly { matrix: Tensor2D; bias: Tensor1D }[]): Tensor2D[] | undefined {
  if (!hasKernel('AffineEach') || maps.length === 0) return undefined;
  return kernel('AffineEach', [x, ...maps.flatMap(({ matrix, bias }) => [matrix, bias])] as unknown as NamedTensorMap) as Tensor2D[];
}

/** As a product with a column of ones: fast on every backend, forwards and backwards, whereas broadcasting and summing over middle axes are the slowest operations. */
function composedAddPerImage(x: Tensor4D, v: Tensor2D): Tensor4D {
  const [n, h, w, c] = x.shape;
  const spread = tf.matMul(tf.ones([n, h * w, 1]), tf.reshape(v, [n, 1, c]));
  return tf.add(x, tf.reshape(spread, x.shape));
}

/** x sigmoid(x). Fused if the backend registers 'Silu' { x } -> y, with a gradient. */
export function silu<T extends Tensor>(x: T): T {
  if (hasKernel('Silu')) return kernel('Silu', { x })[0] as T;
  return tf.mul(x, tf.sigmoid(x));
}

type NormAttrs = { groups: number; silu: boolean; eps: number };

interface GroupNormInputs {
  x: Tensor4D;
  scale: Tensor1D;
  bias: Tensor1D;
}

/** Whether the current backend has a kernel of our own. */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null;
}

/** Runs a kernel; its outputs are the caller's. */
export function kernel(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap = {}): Tensor[] {
  const outputs = tf.engine().runKernel(name, inputs, attrs) as Tensor | Tensor[];
  return Array.isArray(outputs) ? outputs : [outputs];
}

function fusedGroupNorm({ x, scale, bias }: GroupNormInputs, attrs: NormAttrs): Tensor4D {
  const fused = tf.customGrad((...args) => {
    const [xIn, scaleIn, biasIn, save] = args as unknown as [Tensor, Tensor, Tensor, (saved: Tensor[]) => void];
    const [y, stats] = kernel('GroupNormSilu', { x: xIn, scale: scaleIn, bias: biasIn }, { ...attrs });
    save([xIn, scaleIn, biasIn, stats!]);
    return {
      value: y!,
      // run it here: if it ran inside the per-input closures, the outputs of a multi-output kernel would be disposed after the first
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [xSaved, scaleSaved, biasSaved, statsSaved] = saved as [Tensor, Tensor, Tensor, Tensor];
        return kernel('GroupNormSiluGrad', { dy, x: xSaved, scale: scaleSaved, bias: biasSaved, stats: statsSaved }, { ...attrs });
      },
    };
  });
  return fused(x, scale, bias) as Tensor4D;
}

function composedGroupNorm({ x, scale, bias }: GroupNormInputs, { groups, eps, silu: activate }: NormAttrs): Tensor4D {
  return tf.tidy(() => {
    const [n, h, w, c] = x.shape;
    const grouped = tf.reshape(x, [n, h * w, groups, c / groups]);
    const centred = tf.sub(grouped, tf.mean(grouped, [1, 3], true));
    const rstd = tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 3], true), eps));
    const normal = tf.reshape(tf.mul(centred, rstd), x.shape);
    const scaled = tf.add(tf.mul(normal, scale), bias) as Tensor4D;
    return activate ? silu(scaled) : scaled;
  });
}

function composedUpsample(x: Tensor4D): Tensor4D {
  return tf.tidy(() => {
    const [n, h, w, c] = x.shape;
    const wide = tf.reshape(tf.concat([x, x], 3), [n, h, 2 * w * c]);
    return tf.reshape(tf.concat([wide, wide], 2), [n, 2 * h, 2 * w, c]);
  });
}

function composedDownsample(x: Tensor4D): Tensor4D {
  return tf.tidy(() => {
    const [n, h, w, c] = x.shape;
    const [upper, lower] = tf.split(tf.reshape(x, [n, h / 2, 2 * w * c]), 2, 2) as [Tensor, Tensor];
    const [left, right] = tf.split(tf.reshape(tf.add(upper, lower), [n, h / 2, w / 2, 2 * c]), 2, 3) as [Tensor, Tensor];
    return tf.mul<Tensor4D>(tf.add(left, right), 1 / 4);
  });
}

import * as tf from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';

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

/** As a product with a column of ones: fast on every backend, forwards and backwards, whereas broadcasting and summing over middle axes are the slowest operations. */
function composedAddPerImage(x: Tensor4D, v: Tensor2D): Tensor4D {
  const [n, h, w, c] = x.shape;
  const spread = tf.matMul(tf.ones([n, h * w, 1]), tf.reshape(v, [n, 1, c]));
  return tf.add(x, tf.reshape(spread, x.shape));
}

/** x sigmoid(x). */
export function silu<T extends Tensor>(x: T): T {
  return tf.mul(x, tf.sigmoid(x));
}

type NormAttrs = { groups: number; silu: boolean; eps: number };

interface GroupNormInputs {
  x: Tensor4D;
  scale: Tensor1D;
  bias: Tensor1D;
}

function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) != null;
}

function kernel(name: string, inputs: NamedTensorMap, attrs: NamedAttrMap = {}): Tensor[] {
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

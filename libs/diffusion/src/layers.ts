import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { affine, convolveSum, groupNormBeside, groupNormSilu } from './ops.js';
import type { Addends } from './ops.js';
import { fanIn, ones, zeros } from './parameters.js';
import type { Init, ParameterList, Weights } from './parameters.js';

/** A layer whose parameters have been declared: a pure function of weights and input. */
export type Layer<In, Out = In> = (weights: Weights, x: In) => Out;

interface Channels {
  in: number;
  out: number;
}

export interface ConvolutionOptions extends Channels {
  /** Side length of the kernel. Default 3. */
  side?: number;
  stride?: 1 | 2;
  /** TensorFlow's 'same', which at stride 2 and even sides pads only after the image, or the number of zeros on every side. Default 'same'. */
  pad?: 'same' | number;
  bias?: boolean;
  init?: Init;
}

/** Convolution, [n,h,w,in] -> [n,h/stride,w/stride,out] when padded accordingly. No bias by default: a group norm or a time projection supplies one. More may be added to the result. */
export function convolution(list: ParameterList, name: string, options: ConvolutionOptions): (weights: Weights, x: Tensor4D, added?: Omit<Addends, 'bias'>) => Tensor4D {
  const { side = 3, stride = 1, pad = 'same', bias = false } = options;
  const kernel = list.declare<Tensor4D>({ name: `${name}.kernel`, shape: [side, side, options.in, options.out], init: options.init ?? fanIn(side * side * options.in) });
  const offset = bias ? list.declare<Tensor1D>({ name: `${name}.bias`, shape: [options.out], init: zeros }) : undefined;
  return (weights, x, added) => convolveSum(x, kernel(weights), { stride, pad }, { bias: offset?.(weights), ...added });
}

/** Affine map over the last axis, [n,in] -> [n,out]. */
export function dense(list: ParameterList, name: string, options: Channels & { init?: Init }): Layer<Tensor2D> {
  const kernel = list.declare<Tensor2D>({ name: `${name}.kernel`, shape: [options.in, options.out], init: options.init ?? fanIn(options.in) });
  const bias = list.declare<Tensor1D>({ name: `${name}.bias`, shape: [options.out], init: zeros });
  return (weights, x) => affine(x, kernel(weights), { bias: bias(weights) });
}

export interface NormOptions {
  channels: number;
  groups: number;
  silu?: boolean;
  /** Added to the variance. Default 1e-5. */
  epsilon?: number | undefined;
}

/** Group norm, then SiLU unless turned off, [n,h,w,channels]. */
export function groupNorm(list: ParameterList, name: string, options: NormOptions): Layer<Tensor4D> {
  const { scale, bias, attributes } = normParameters(list, name, options);
  return (weights, x) => groupNormSilu(x, scale(weights), bias(weights), attributes);
}

/** The same, and its input for a skip around it: see groupNormBeside. */
export function groupNormWithSkip(list: ParameterList, name: string, options: NormOptions): Layer<Tensor4D, { y: Tensor4D; x: Tensor4D }> {
  const { scale, bias, attributes } = normParameters(list, name, options);
  return (weights, x) => groupNormBeside(x, scale(weights), bias(weights), attributes);
}

function normParameters(list: ParameterList, name: string, { channels, groups, silu = true, epsilon }: NormOptions) {
  const scale = list.declare<Tensor1D>({ name: `${name}.scale`, shape: [channels], init: ones });
  const bias = list.declare<Tensor1D>({ name: `${name}.bias`, shape: [channels], init: zeros });
  return { scale, bias, attributes: { groups, silu, eps: epsilon } };
}

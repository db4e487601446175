import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { affine, affineEach, convolveNorm, convolveSum, groupNormBeside, groupNormSilu } from './ops.js';
import type { Addends, BesideNorm, GroupNormOptions } from './ops.js';
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

/** A convolution whose parameters have been declared. */
export interface DeclaredConvolution {
  kernel(weights: Weights): Tensor4D;
  bias?: ((weights: Weights) => Tensor1D) | undefined;
  stride: 1 | 2;
  pad: 'same' | number;
}

export function convolutionParameters(list: ParameterList, name: string, options: ConvolutionOptions): DeclaredConvolution {
  const { side = 3, stride = 1, pad = 'same', bias = false } = options;
  const kernel = list.declare<Tensor4D>({ name: `${name}.kernel`, shape: [side, side, options.in, options.out], init: options.init ?? fanIn(side * side * options.in) });
  return { kernel, stride, pad, bias: bias ? list.declare<Tensor1D>({ name: `${name}.bias`, shape: [options.out], init: zeros }) : undefined };
}

/** Convolution, [n,h,w,in] -> [n,h/stride,w/stride,out] when padded accordingly. No bias by default: a group norm or a time projection supplies one. More may be added to the result. */
export function convolution(list: ParameterList, name: string, options: ConvolutionOptions): (weights: Weights, x: Tensor4D, added?: Omit<Addends, 'bias'>) => Tensor4D {
  const { kernel, bias, stride, pad } = convolutionParameters(list, name, options);
  return (weights, x, added) => convolveSum(x, kernel(weights), { stride, pad }, { bias: bias?.(weights), ...added });
}

/** Group norm, then SiLU unless turned off, of a convolution with a number for each image and channel added to it. */
export function normOfConvolution({ kernel, bias, stride, pad }: DeclaredConvolution, norm: DeclaredNorm): (weights: Weights, x: Tensor4D, perImage?: Tensor2D) => Tensor4D {
  return (weights, x, perImage) => convolveNorm(x, kernel(weights), { stride, pad, added: { bias: bias?.(weights), perImage } }, { ...norm.attributes, scale: norm.scale(weights), bias: norm.bias(weights) });
}

/** An affine map over the last axis whose parameters have been declared. */
export interface DeclaredDense {
  kernel(weights: Weights): Tensor2D;
  bias(weights: Weights): Tensor1D;
}

export function denseParameters(list: ParameterList, name: string, options: Channels & { init?: Init }): DeclaredDense {
  const kernel = list.declare<Tensor2D>({ name: `${name}.kernel`, shape: [options.in, options.out], init: options.init ?? fanIn(options.in) });
  return { kernel, bias: list.declare<Tensor1D>({ name: `${name}.bias`, shape: [options.out], init: zeros }) };
}

/** Affine map over the last axis, [n,in] -> [n,out]. */
export function dense(list: ParameterList, name: string, options: Channels & { init?: Init }): Layer<Tensor2D> {
  const { kernel, bias } = denseParameters(list, name, options);
  return (weights, x) => affine(x, kernel(weights), { bias: bias(weights) });
}

/** The results of affine maps of one input. */
export type Mapped = (map: DeclaredDense) => Tensor2D;

/** Maps of x [n,in]: all of them at once where the backend can, otherwise each when it is asked for. */
export function denseEach(weights: Weights, x: Tensor2D, maps: readonly DeclaredDense[]): Mapped {
  const together = affineEach(x, maps.map(({ kernel, bias }) => ({ matrix: kernel(weights), bias: bias(weights) })));
  return (map) => together?.[maps.indexOf(map)] ?? affine(x, map.kernel(weights), { bias: map.bias(weights) });
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

/** The same, of one map or two side by side, and its input for what uses it beside the norm: see groupNormBeside. */
export function groupNormWithSkip(list: ParameterList, name: string, options: NormOptions): Layer<{ x: Tensor4D; beside?: Tensor4D | undefined; twice?: boolean }, BesideNorm> {
  const { scale, bias, attributes } = normParameters(list, name, options);
  return (weights, { x, beside, twice = false }) => groupNormBeside(x, scale(weights), bias(weights), { ...attributes, beside, twice });
}

/** A group norm whose parameters have been declared. */
export interface DeclaredNorm {
  scale(weights: Weights): Tensor1D;
  bias(weights: Weights): Tensor1D;
  attributes: GroupNormOptions;
}

export function normParameters(list: ParameterList, name: string, { channels, groups, silu = true, epsilon }: NormOptions): DeclaredNorm {
  const scale = list.declare<Tensor1D>({ name: `${name}.scale`, shape: [channels], init: ones });
  const bias = list.declare<Tensor1D>({ name: `${name}.bias`, shape: [channels], init: zeros });
  return { scale, bias, attributes: { groups, silu, eps: epsilon } };
}

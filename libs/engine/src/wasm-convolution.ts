import * as tf from '@tensorflow/tfjs-core';

/**
 * Gives the stock wasm backend Conv2DBackpropFilter, which it lacks, and a faster Conv2DBackpropInput.
 * Both are written as forward convolutions, the one heavy kernel XNNPACK is fast at (20 GFLOP/s per core against
 * 2 for the shipped Conv2DBackpropInput). NHWC, undilated, as tfjs's own gradient of conv2d.
 */
export function registerConvolutionGradients(): void {
  const kernels = { Conv2DBackpropInput: inputGradient, Conv2DBackpropFilter: filterGradient };
  for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
    if (tf.getKernel(kernelName, 'wasm')) tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunc as unknown as tf.KernelFunc });
  }
}

interface Disposer {
  disposeData(dataId: object): boolean;
}
type Pair = [number, number];
type Shape4 = [number, number, number, number];

/** Runs kernels of the wasm backend one after another; `end` frees everything but the result. */
class Chain {
  private readonly made: tf.TensorInfo[] = [];
  constructor(private readonly backend: Disposer) {}

  run(kernelName: string, inputs: Record<string, tf.TensorInfo>, attrs: object): tf.TensorInfo {
    const { kernelFunc } = tf.getKernel(kernelName, 'wasm');
    const made = kernelFunc({ inputs, backend: this.backend, attrs: attrs as tf.NamedAttrMap }) as tf.TensorInfo;
    this.made.push(made);
    return made;
  }

  end(result: tf.TensorInfo): tf.TensorInfo {
    for (const info of this.made) if (info !== result) this.backend.disposeData(info.dataId);
    return result;
  }
}

interface ConvAttrs {
  strides: number | Pair;
  pad: 'same' | 'valid' | number;
  dataFormat: 'NHWC';
  dimRoundingMode?: 'floor';
}

const geometry = (inShape: Shape4, filterShape: Shape4, { strides, pad, dimRoundingMode }: ConvAttrs) =>
  tf.backend_util.computeConv2DInfo(inShape, filterShape, strides, 1, pad, dimRoundingMode, false, 'channelsLast');

/** Zeros to add after a dimension of `size`, with `before` in front, so that a window of `reach` fits in at least `positions` positions. */
const padAfter = (size: number, before: number, reach: number, positions: number) => Math.max(0, positions + reach - 1 - size - before);

/** A stride-1 convolution with explicit padding whose output is cut to `outHeight` x `outWidth`. */
function convolveTo(chain: Chain, [x, filter]: [tf.TensorInfo, tf.TensorInfo], [outHeight, outWidth]: Pair, pads: { before: Pair; dilation: Pair }) {
  const { before: [top, left], dilation } = pads;
  const [, height, width] = x.shape as Shape4;
  const [filterHeight, filterWidth] = filter.shape as Shape4;
  const bottom = padAfter(height, top, (filterHeight - 1) * dilation[0] + 1, outHeight);
  const right = padAfter(width, left, (filterWidth - 1) * dilation[1] + 1, outWidth);
  const y = chain.run('Conv2D', { x, filter }, {
    strides: [1, 1], dilations: dilation, dataFormat: 'NHWC', pad: [[0, 0], [top, bottom], [left, right], [0, 0]],
  });
  const [n, h, w, c] = y.shape as Shape4;
  if (h === outHeight && w === outWidth) return y;
  return chain.run('Slice', { x: y }, { begin: [0, 0, 0, 0], size: [n, outHeight, outWidth, c] });
}

/** dy with stride - 1 zeros after every row and column: [n, h, w, c] -> [n, h sh, w sw, c]. */
function dilate(chain: Chain, dy: tf.TensorInfo, [sh, sw]: Pair): tf.TensorInfo {
  if (sh === 1 && sw === 1) return dy;
  const [n, h, w, c] = dy.shape as Shape4;
  const rows = chain.run('Reshape', { x: dy }, { shape: [n * h, 1, w * c] });
  const tall = chain.run('PadV2', { x: rows }, { paddings: [[0, 0], [0, sh - 1], [0, 0]], constantValue: 0 });
  const pixels = chain.run('Reshape', { x: tall }, { shape: [n * h * sh * w, 1, c] });
  const wide = chain.run('PadV2', { x: pixels }, { paddings: [[0, 0], [0, sw - 1], [0, 0]], constantValue: 0 });
  return chain.run('Reshape', { x: wide }, { shape: [n, h * sh, w * sw, c] });
}

interface InputGradientCall {
  inputs: { dy: tf.TensorInfo; filter: tf.TensorInfo };
  backend: Disposer;
  attrs: ConvAttrs & { inputShape: Shape4 };
}

/** dx = dy dilated with zeros convolved with the filter flipped both ways, its channels swapped. */
function inputGradient({ inputs: { dy, filter }, backend, attrs }: InputGradientCall): tf.TensorInfo {
  const info = geometry(attrs.inputShape, filter.shape as Shape4, attrs);
  const chain = new Chain(backend);
  const flipped = chain.run('Reverse', { x: filter }, { dims: [0, 1] });
  const swapped = chain.run('Transpose', { x: flipped }, { perm: [0, 1, 3, 2] });
  const wide = dilate(chain, dy, [info.strideHeight, info.strideWidth]);
  const before: Pair = [info.filterHeight - 1 - info.padInfo.top, info.filterWidth - 1 - info.padInfo.left];
  return chain.end(convolveTo(chain, [wide, swapped], [info.inHeight, info.inWidth], { before, dilation: [1, 1] }));
}

interface FilterGradientCall {
  inputs: { x: tf.TensorInfo; dy: tf.TensorInfo };
  backend: Disposer;
  attrs: ConvAttrs & { filterShape: Shape4 };
}

/** dW = x convolved with dy, with images in place of channels and the stride as dilation. The fastest of four formulations measured. */
function filterGradient({ inputs: { x, dy }, backend, attrs }: FilterGradientCall): tf.TensorInfo {
  const info = geometry(x.shape as Shape4, attrs.filterShape, attrs);
  const chain = new Chain(backend);
  const images = chain.run('Transpose', { x }, { perm: [3, 1, 2, 0] });
  const window = chain.run('Transpose', { x: dy }, { perm: [1, 2, 0, 3] });
  const dilation: Pair = [info.strideHeight, info.strideWidth];
  const before: Pair = [info.padInfo.top, info.padInfo.left];
  const swapped = convolveTo(chain, [images, window], [info.filterHeight, info.filterWidth], { before, dilation });
  return chain.end(chain.run('Transpose', { x: swapped }, { perm: [1, 2, 0, 3] }));
}

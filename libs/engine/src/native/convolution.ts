import { codeOf, inOrder } from '@elucidate/engine-native/kernel-layouts';
import type { KernelName } from '@elucidate/engine-native/kernel-layouts';
import { geometry } from '../convolution-geometry.js';
import type { ConvAttrs, Geometry } from '../convolution-geometry.js';
import { input } from '../kernel-inputs.js';
import type { KernelCall, SimdKernel } from '../simd/kernel.js';
import type { NativeBackend } from './native-backend.js';

/** The tensors of a convolution, one of them to be written. */
interface Addresses {
  x: number;
  filter: number;
  y: number;
}

function run(backend: KernelCall['backend'], pass: KernelName<'ConvolutionPass'>, addresses: Addresses, g: Geometry): void {
  (backend as NativeBackend).convolution(inOrder('ConvolutionArgument', {
    ...addresses, pass: codeOf('ConvolutionPass', pass), images: g.batchSize, height: g.inHeight, width: g.inWidth, channels: g.inChannels,
    outHeight: g.outHeight, outWidth: g.outWidth, outChannels: g.outChannels, filterHeight: g.filterHeight, filterWidth: g.filterWidth,
    strideHeight: g.strideHeight, strideWidth: g.strideWidth, dilationHeight: g.dilationHeight, dilationWidth: g.dilationWidth,
    padTop: g.padInfo.top, padLeft: g.padInfo.left,
  }));
}

const conv2D: SimdKernel = ({ inputs, attrs, backend }) => {
  const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
  const g = geometry(x.shape, filter.shape, attrs as unknown as ConvAttrs);
  if (!g) return undefined;
  const y = backend.output(g.outShape);
  run(backend, 'forward', { x: backend.address(x), filter: backend.address(filter), y: y.address }, g);
  return y;
};

const conv2DBackpropInput: SimdKernel = ({ inputs, attrs, backend }) => {
  const [dy, filter] = [input(inputs, 'dy'), input(inputs, 'filter')];
  const g = geometry(attrs['inputShape'] as number[], filter.shape, attrs as unknown as ConvAttrs);
  if (!g) return undefined;
  const dx = backend.output(g.inShape);
  run(backend, 'inputGradient', { x: dx.address, filter: backend.address(filter), y: backend.address(dy) }, g);
  return dx;
};

const conv2DBackpropFilter: SimdKernel = ({ inputs, attrs, backend }) => {
  const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
  const filterShape = attrs['filterShape'] as number[];
  const g = geometry(x.shape, filterShape, attrs as unknown as ConvAttrs);
  if (!g) return undefined;
  const filter = backend.output(filterShape);
  run(backend, 'filterGradient', { x: backend.address(x), filter: filter.address, y: backend.address(dy) }, g);
  return filter;
};

/** Convolutions by oneDNN. */
export const nativeConvolutions: Readonly<Record<string, SimdKernel>> = { Conv2D: conv2D, Conv2DBackpropInput: conv2DBackpropInput, Conv2DBackpropFilter: conv2DBackpropFilter };

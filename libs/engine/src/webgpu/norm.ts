import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import type { Inputs } from '../kernel-inputs.js';
import { convolveSum } from './convolution.js';
import type { GpuBackend } from './gpu-backend.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { sumLater } from './later-sums.js';
import { gradients, normalised } from './norm-programs.js';
import type { Source } from './norm-programs.js';
import { runProgram } from './program.js';
import { sharesIn, takeShares } from './shares.js';
import { ints } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/** Attributes of a norm. */
interface NormAttrs {
  groups: number;
  eps: number;
  silu: boolean;
}

const normAttrs = ({ attrs }: Pick<GpuCall, 'attrs'>) => attrs as unknown as NormAttrs;

/** Sizes of the map of a norm, [n,h,w,c], of which the first `left` channels are in one of two maps, and of its shares. */
function sizes(shape: readonly number[], { groups, eps }: NormAttrs, { left = 0, count = 0 } = {}): { items: number; uniforms: Uniform[] } {
  const [images, channels] = [shape[0]!, shape.at(-1)!];
  return { items: images * groups, uniforms: [ints(images), ints(sizeOf(shape.slice(1, -1))), ints(channels), ints(groups), { type: 'float32', data: [eps] }, ints(left), ints(count)] };
}

/** What a norm reads, and the map x that it is of, which it may have to make. */
interface Read {
  source: Source;
  inputs: readonly TensorInfo[];
  x: TensorInfo;
  left?: number;
  count?: number;
}

function readingOf(backend: GpuBackend, x: TensorInfo, beside: TensorInfo | undefined): Read {
  if (beside) {
    const left = x.shape.at(-1)!;
    return { source: { kind: 'joined' }, inputs: [x, beside], left, x: backend.makeTensorInfo([...x.shape.slice(0, -1), left + beside.shape.at(-1)!], 'float32') };
  }
  const shares = takeShares(backend, x);
  if (!shares) return { source: { kind: 'map' }, inputs: [x], x };
  const { parts, count, added, tensors } = shares;
  return { source: { kind: 'shares', added }, inputs: [parts, ...tensors], count, x };
}

/** y, stats and x. */
function norm(backend: GpuBackend, [given, scale, offset]: readonly [TensorInfo, TensorInfo, TensorInfo], attrs: NormAttrs, beside?: TensorInfo): [TensorInfo, TensorInfo, TensorInfo] {
  const { source, inputs, x, ...more } = readingOf(backend, given, beside);
  const { items, uniforms } = sizes(x.shape, attrs, more);
  const made = [backend.makeTensorInfo(x.shape, 'float32'), backend.makeTensorInfo([x.shape[0]!, x.shape.at(-1)!, 4], 'float32')] as const;
  const into = source.kind === 'map' ? made : [...made, x];
  runProgram(backend, normalised(attrs.silu, source), { inputs: [...inputs, scale, offset], uniforms, shapes: into.map(({ shape }) => shape), into, items });
  return [...made, x];
}

const ownParameters = (inputs: Inputs) => [input(inputs, 'x'), input(inputs, 'scale'), input(inputs, 'bias')] as const;

/** x [n,h,w,c], scale [c], bias [c] -> y like x, stats [n,c,4] = (mean, 1/std, scale, bias). */
function groupNormSilu(call: GpuCall): TensorInfo[] {
  return norm(call.backend, ownParameters(call.inputs), normAttrs(call)).slice(0, 2);
}

/** The same of x, or of x and `beside` side by side, and the map that it is of: what uses that beside the norm can use this, once or twice, so that its gradients are added by the norm's program. */
function groupNormBeside(call: GpuCall): TensorInfo[] {
  const { backend, inputs, attrs: { twice } } = call;
  const [y, stats, { dataId, shape, dtype }] = norm(backend, ownParameters(inputs), normAttrs(call), inputs.beside);
  const uses = Array.from({ length: twice ? 2 : 1 }, () => ({ dataId, shape, dtype }));
  uses.slice(inputs.beside ? 1 : 0).forEach(() => backend.incRef(dataId));
  return [y, stats, ...uses];
}

/** A norm of a convolution with what is added to it: y, stats and what it is of. */
function convolveNorm(call: GpuCall): TensorInfo[] {
  const { inputs: { scale, offset } } = call;
  return norm(call.backend, [convolveSum(call), scale!, offset!], normAttrs(call));
}

/** dy, x, the forward's stats and, if there are any, other gradients of x -> dx (of each of two maps, the first with `left` channels), dscale, dbias and, if wanted, the sums of dx over pixels, [n,c]. */
function groupNormSiluGrad({ backend, inputs, attrs }: GpuCall): TensorInfo[] {
  const { left, perImage, ...norm } = attrs as unknown as NormAttrs & { left?: number; perImage?: boolean };
  const [dy, x] = [input(inputs, 'dy'), input(inputs, 'x')];
  const others = ['other', 'other1'].flatMap((name) => inputs[name] ?? []);
  const shares = sharesIn(backend, dy);
  const taken = shares?.added.length === 0 ? shares : undefined;
  const [images, channels] = [x.shape[0]!, x.shape.at(-1)!];
  const { items, uniforms } = sizes(x.shape, norm, { left: left ?? 0, count: taken?.count ?? 0 });
  const maps = (left === undefined ? [channels] : [left, channels - left]).map((each) => [...x.shape.slice(0, -1), each]);
  const made = runProgram(backend, gradients({ silu: norm.silu, shares: taken !== undefined, others: others.length, joined: left !== undefined, perImage: perImage === true }), {
    inputs: [taken?.parts ?? dy, x, input(inputs, 'stats'), ...others], uniforms, shapes: [...maps, [images, 2, channels], ...(perImage ? [[images, channels]] : [])], items,
  });
  const parts = made[maps.length]!;
  const [dbias, dscale] = [0, channels].map((first) => sumLater(backend, parts, { first, stride: 2 * channels, count: images, size: channels })) as [TensorInfo, TensorInfo];
  backend.disposeData(parts.dataId);
  return [...made.slice(0, maps.length), dscale, dbias, ...made.slice(maps.length + 1)];
}

/** Kernels of libs/diffusion/src/ops.ts in WGSL. */
export const normKernels: Readonly<Record<string, KernelFunc>> = {
  GroupNormSilu: kernelOf(groupNormSilu), GroupNormBeside: kernelOf(groupNormBeside), ConvolveNorm: kernelOf(convolveNorm), GroupNormSiluGrad: kernelOf(groupNormSiluGrad),
};

import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { attended, attentionGradients, type AttentionShape, rowsTogether } from './attention-programs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { runProgram } from './program.js';

/** Attention of narrow heads in one program, and its gradient in one, in place of some nine and fifteen of tfjs's. */

/** Sizes of qkv [n,tokens,3 channels], and how many workgroups give each query a thread. */
function facts({ inputs, attrs }: GpuCall): { shape: AttentionShape; qkv: TensorInfo; images: number; items: number } {
  const qkv = input(inputs, 'qkv');
  const [images, tokens, together] = qkv.shape as [number, number, number];
  const { heads } = attrs as unknown as { heads: number };
  return { shape: { tokens, heads, width: together / 3 / heads }, qkv, images, items: images * heads * Math.ceil(tokens / rowsTogether) };
}

/** qkv [n,tokens,3 channels] -> seen [n,tokens,channels], total [n,heads,tokens]. */
function attention(call: GpuCall): TensorInfo[] {
  const { shape, qkv, images, items } = facts(call);
  const { tokens, heads, width } = shape;
  return runProgram(call.backend, attended(shape), { inputs: [qkv], uniforms: [], shapes: [[images, tokens, heads * width], [images, heads, tokens]], items });
}

/** qkv, dseen and the forward's results -> dqkv. */
function attentionGrad(call: GpuCall): TensorInfo {
  const { shape, qkv, items } = facts(call);
  const others = ['seen', 'total', 'dseen'].map((name) => input(call.inputs, name));
  return runProgram(call.backend, attentionGradients(shape), { inputs: [qkv, ...others], uniforms: [], shapes: [qkv.shape], items: 2 * items })[0]!;
}

/** Kernels of libs/diffusion/src/attention.ts in WGSL. */
export const attentionKernels: Readonly<Record<string, KernelFunc>> = { Attention: kernelOf(attention), AttentionGrad: kernelOf(attentionGrad) };

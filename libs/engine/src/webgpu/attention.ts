import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { attendedOfFew, gradientsOfFew, mostTokens } from './attention-of-few.js';
import { attended, attentionGradients, type AttentionShape, rowsTogether } from './attention-programs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { runProgram } from './program.js';
import { ints } from './uniforms.js';
import type { Uniform } from './uniforms.js';

/** Attention of narrow heads, or over few tokens, in one program, and its gradient in one, in place of some nine and fifteen of tfjs's. */

/** Widest head of which one thread holds a query. */
const widest = 16;

/** Sizes of qkv [n,tokens,3 channels], and how many workgroups give each query a thread, or, over few tokens, each token a workgroup. */
function facts({ inputs, attrs }: GpuCall): { shape: AttentionShape; qkv: TensorInfo; images: number; items: number; few: boolean; uniforms: Uniform[] } {
  const qkv = input(inputs, 'qkv');
  const [images, tokens, together] = qkv.shape as [number, number, number];
  const { heads } = attrs as unknown as { heads: number };
  const width = together / 3 / heads;
  const few = width > widest;
  if (few && tokens > mostTokens) throw new Error(`attention over ${tokens} tokens with heads of ${width} channels has no program`);
  return { shape: { tokens, heads, width }, qkv, images, items: images * heads * (few ? tokens : Math.ceil(tokens / rowsTogether)), few, uniforms: few ? [ints(tokens), ints(width / 4)] : [] };
}

/** qkv [n,tokens,3 channels] -> seen [n,tokens,channels], total [n,heads,tokens]. */
function attention(call: GpuCall): TensorInfo[] {
  const { shape, qkv, images, items, few, uniforms } = facts(call);
  const { tokens, heads, width } = shape;
  return runProgram(call.backend, (few ? attendedOfFew : attended)(shape), { inputs: [qkv], uniforms, shapes: [[images, tokens, heads * width], [images, heads, tokens]], items });
}

/** qkv, dseen and the forward's results -> dqkv. */
function attentionGrad(call: GpuCall): TensorInfo {
  const { shape, qkv, items, few, uniforms } = facts(call);
  const others = ['seen', 'total', 'dseen'].map((name) => input(call.inputs, name));
  return runProgram(call.backend, (few ? gradientsOfFew : attentionGradients)(shape), { inputs: [qkv, ...others], uniforms, shapes: [qkv.shape], items: few ? items : 2 * items })[0]!;
}

/** Kernels of libs/diffusion/src/attention.ts in WGSL. */
export const attentionKernels: Readonly<Record<string, KernelFunc>> = { Attention: kernelOf(attention), AttentionGrad: kernelOf(attentionGrad) };

import { util } from '@tensorflow/tfjs-core';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { input, sizeOf } from '../kernel-inputs.js';
import { insteadOf } from './kernel.js';
import type { GpuCall, Replacements } from './kernel.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';

/** Sums of tensors of one shape, the most frequent operation of a training step. Four numbers at a time if the size allows. */
const sums = (fours: boolean): Program => ({
  name: `add_${fours ? 4 : 1}`, inputs: ['a', 'b'], vectors: fours ? ['a', 'b', 'result'] : [], uniforms: '', body: 'result[index] = a[index] + b[index];',
});
const [inOnes, inFours] = [sums(false), sums(true)];

function add({ inputs, backend }: GpuCall): TensorInfo | undefined {
  const [a, b] = [input(inputs, 'a'), input(inputs, 'b')];
  const known = util.arraysEqual(a.shape, b.shape) && sizeOf(a.shape) > 0 && [a, b].every(({ dtype }) => dtype === 'float32');
  if (!known || backend.shouldExecuteOnCPU([a, b])) return undefined;
  return runProgram(backend, sizeOf(a.shape) % 4 === 0 ? inFours : inOnes, { inputs: [a, b], uniforms: [], shapes: [a.shape] })[0];
}

export const arithmeticKernels: Replacements = { Add: insteadOf(add) };

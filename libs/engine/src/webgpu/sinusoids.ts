import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import { input } from '../kernel-inputs.js';
import { kernelOf } from './kernel.js';
import type { GpuCall } from './kernel.js';
import { runProgram } from './program.js';
import type { Program } from './program.js';
import { ints } from './uniforms.js';

/** pi/2: two parts of at most 11 bits, whose products with numbers below 2^13 are exact, and what is left. */
const parts = [1.5703125, 0.0004837512969970703, 7.54978995489e-8];

/**
 * [n,2 frequencies]: cosines of c times each frequency, then sines. A GPU's own may be off by 1e-4 for angles of hundreds of radians: here a multiple of
 * pi/2 is subtracted in parts (Cody & Waite 1980), and what is left goes into the series, whose next terms are below 4e-9.
 */
const waves: Program = {
  name: 'sinusoids', inputs: ['c', 'frequencies'], uniforms: 'count : i32,',
  body: `
  let column = index % (2 * uniforms.count);
  let angle = c[index / (2 * uniforms.count)] * frequencies[column % uniforms.count];
  let quarters = round(angle * 0.6366197723675814);
  // fma, so that no compiler puts the parts together
  let x = fma(quarters, -${parts[2]}, fma(quarters, -${parts[1]}, fma(quarters, -${parts[0]}, angle)));
  let s = x * x;
  let sine = x * (1.0 + s * (-1.0 / 6.0 + s * (1.0 / 120.0 + s * (-1.0 / 5040.0 + s / 362880.0))));
  let cosine = 1.0 + s * (-0.5 + s * (1.0 / 24.0 + s * (-1.0 / 720.0 + s * (1.0 / 40320.0 - s / 3628800.0))));
  // the sine is the cosine a quarter earlier
  let quarter = (i32(quarters) + select(0, 3, column >= uniforms.count)) & 3;
  let turned = select(cosine, sine, (quarter & 1) == 1);
  result[index] = select(turned, -turned, quarter == 1 || quarter == 2);`,
};

/** c [n], frequencies [count] -> [n,2 count]. */
function sinusoids({ inputs, backend }: GpuCall): TensorInfo {
  const [c, frequencies] = [input(inputs, 'c'), input(inputs, 'frequencies')];
  const [n = 1] = c.shape;
  const [count = 1] = frequencies.shape;
  return runProgram(backend, waves, { inputs: [c, frequencies], uniforms: [ints(count)], shapes: [[n, 2 * count]] })[0]!;
}

/** A kernel of libs/diffusion/src/embedding.ts in WGSL. */
export const sinusoidKernels: Readonly<Record<string, KernelFunc>> = { Sinusoids: kernelOf(sinusoids) };

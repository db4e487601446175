import { sizeOf } from '../kernel-inputs.js';
import type { SimdKernel } from './kernel.js';

/** Numbers of the kernel 'AdamStep'; see libs/training/src/optimiser.ts. */
export interface AdamAttrs {
  learningRate: number;
  /** Gradients are scaled so that all of them as one vector are at most this long. */
  gradientLimit: number;
  /** The average's decay. */
  decay: number;
  /** Steps taken, including this one. */
  steps: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Each step also shrinks a weight by learningRate weightDecay of itself. */
  weightDecay: number;
}

/** Nanoseconds per number. */
const numberTime = 2;

/**
 * Inputs: a list of weights, then as many gradients, first moments, second moments and averages, in the same order. Clips, steps and averages
 * in place, leaving gradients unchanged; creates no tensor.
 */
export const adamStep: SimdKernel = ({ inputs, attrs, backend }) => {
  const { learningRate, gradientLimit, decay, steps, beta1, beta2, epsilon, weightDecay } = attrs as unknown as AdamAttrs;
  const tensors = Object.values(inputs);
  const count = tensors.length / 5;
  const [weights, gradients, first, second, averages] = [0, 1, 2, 3, 4].map((set) => tensors.slice(set * count, (set + 1) * count).map((tensor) => backend.address(tensor)));
  const sizes = tensors.slice(0, count).map(({ shape }) => sizeOf(shape));
  const norm = Math.sqrt(sizes.reduce((sum, size, i) => backend.kernels.sumOfSquares(gradients?.[i] ?? 0, size, sum), 0));
  const numbers = [norm > gradientLimit ? gradientLimit / norm : 1, learningRate, beta1, beta2, 1 - beta1 ** steps, 1 - beta2 ** steps, epsilon, 1 - learningRate * weightDecay, decay];
  sizes.forEach((items, i) => {
    const addresses = [weights, gradients, first, second, averages].map((set) => set?.[i] ?? 0);
    backend.run('adamStep', [...addresses, ...numbers], { items, grain: 2, cost: items * numberTime });
  });
  return [];
};

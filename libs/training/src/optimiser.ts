import { averagedArray } from '@elucidate/diffusion/ema';
import { type HostWeights, zerosLike } from './host-weights.js';

/**
 * Adam on plain arrays. With tensors, one step of a small U-Net takes over a thousand kernel calls; here it is one loop,
 * and its bits do not depend on the backend.
 */
export interface AdamState {
  /** Steps taken so far. */
  steps: number;
  first: HostWeights;
  second: HostWeights;
}

/** Decay of the first and second moments, the epsilon that keeps the quotient finite (Kingma & Ba 2015, sec. 2), and no weight decay. */
export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 } as const;

export interface AdamOptions {
  learningRate: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Decoupled (AdamW): each step also shrinks each weight by learningRate * weightDecay times itself. */
  weightDecay?: number;
}

/** Zero moments for these weights. */
export function adamStart(weights: HostWeights): AdamState {
  return { steps: 0, first: zerosLike(weights), second: zerosLike(weights) };
}

/** One step of Adam (Kingma & Ba 2015, Alg. 1) or, with weightDecay, AdamW (Loshchilov & Hutter 2019, Alg. 2). Changes weights and state in place. */
export function adamStep(weights: HostWeights, gradients: HostWeights, state: AdamState, options: AdamOptions): void {
  state.steps += 1;
  for (const [name, { data }] of Object.entries(weights)) {
    adamArray(data, gradients[name]!.data, { first: state.first[name]!.data, second: state.second[name]!.data, steps: state.steps }, options);
  }
}

function adamArray(
  weights: Float32Array, gradient: Float32Array,
  { first, second, steps }: { first: Float32Array; second: Float32Array; steps: number },
  { learningRate, beta1 = adamDefaults.beta1, beta2 = adamDefaults.beta2, epsilon = adamDefaults.epsilon, weightDecay = adamDefaults.weightDecay }: AdamOptions,
): void {
  const correction1 = 1 - beta1 ** steps;
  const correction2 = 1 - beta2 ** steps;
  const keep = 1 - learningRate * weightDecay;
  for (let i = 0; i < weights.length; i += 1) {
    const g = gradient[i]!;
    const m = beta1 * first[i]! + (1 - beta1) * g;
    const v = beta2 * second[i]! + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    weights[i] = keep * weights[i]! - (learningRate * (m / correction1)) / (Math.sqrt(v / correction2) + epsilon);
  }
}

/** The Euclidean norm of all gradients taken as one vector. */
export function globalNorm(gradients: HostWeights): number {
  let sum = 0;
  for (const { data } of Object.values(gradients)) for (let i = 0; i < data.length; i += 1) sum += data[i]! * data[i]!;
  return Math.sqrt(sum);
}

/** Scales gradients in place so that their global norm is at most `limit`; returns the norm before. */
export function clipGlobalNorm(gradients: HostWeights, limit: number): number {
  const norm = globalNorm(gradients);
  if (norm > limit) for (const { data } of Object.values(gradients)) for (let i = 0; i < data.length; i += 1) data[i]! *= limit / norm;
  return norm;
}

/** Moves the running average towards the weights, in place: average = decay * average + (1 - decay) * weights. */
export function emaStep(average: HostWeights, weights: HostWeights, decay: number): void {
  for (const [name, { data }] of Object.entries(average)) data.set(averagedArray(data, weights[name]!.data, decay));
}

/** The same for the tracks of a training state, each with its own decay; nothing without tracks. */
export function tracksStep(tracks: readonly HostWeights[] | undefined, weights: HostWeights, decays: readonly number[] | undefined): void {
  tracks?.forEach((track, i) => emaStep(track, weights, decays![i]!));
}

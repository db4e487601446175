import * as tf from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LossWeightShape } from './loss-weights.js';
import { randomStream } from './noise.js';
import { parameterList, initialWeights, zeros } from './parameters.js';
import type { Weights } from './parameters.js';

/**
 * A head that is trained beside a network and used in training alone: u(sigma), the logarithm of the loss that the network has at a level. The loss
 * becomes e^-u times the weighted error, plus u (Kendall et al. 2018; EDM2, Karras et al. 2024, eq. 21), so that in the end every level counts alike.
 */
export interface LevelUncertainty {
  /** Zeros, owned by the caller: u = 0 at every level. */
  init(): Record<string, tf.Tensor>;
  /** What it is a linear function of, [n,channels]; owned by the caller. */
  features(sigmas: readonly number[]): Tensor2D;
  /** u, [n,1]; differentiable in the weights. */
  of(weights: Weights, features: Tensor2D): Tensor2D;
}

/** Names the fixed frequencies and phases: they are not trained, and the same for every seed. */
const fourierStream = [20, 24];

/**
 * Linear in `channels` cosines of ln(sigma)/4 at normal frequencies and uniform phases, as EDM2's MPFourier (training/networks_edm2.py). They are scaled to a
 * vector of length 1 instead of EDM2's normalised weights, so that clipping by the norm of all gradients is left to the network's.
 */
function levelUncertainty(channels: number): LevelUncertainty {
  const list = parameterList();
  const weight = list.declare<Tensor2D>({ name: 'levelUncertainty', shape: [channels, 1], init: zeros });
  const random = randomStream(fourierStream);
  const waves = Array.from({ length: channels }, () => ({ frequency: 2 * Math.PI * random.normal(), phase: 2 * Math.PI * random.uniform() }));
  const scale = Math.sqrt(2 / channels);
  return {
    init: () => initialWeights(list.parameters, 0),
    features: (sigmas) => tf.tensor2d(sigmas.map((sigma) => waves.map(({ frequency, phase }) => scale * Math.cos((frequency * Math.log(sigma)) / 4 + phase))), [sigmas.length, channels]),
    of: (weights, features) => tf.matMul(features, weight(weights)),
  };
}

/** The head of a loss weight that is learned; undefined for any other. */
export function uncertaintyOf(shape: LossWeightShape): LevelUncertainty | undefined {
  return shape.kind === 'learned' ? levelUncertainty(shape.channels) : undefined;
}

import * as tf from '@tensorflow/tfjs-core';
import { deviceBackends } from '@elucidate/engine/backend';
import type { TrainState } from './checkpoint.js';
import { deviceTrainer } from './device-trainer.js';
import { inPlaceTrainer, stepsInPlace } from './in-place-trainer.js';
import { hostTrainer, type Trainer } from './trainer.js';

/** The trainer that suits the current backend: one that keeps everything where the tensors are, if it can step there or if reading them back is what costs. Takes the state over. */
export function trainerOf(state: TrainState): Trainer {
  if (deviceBackends.has(tf.getBackend())) return deviceTrainer(state);
  return stepsInPlace() ? inPlaceTrainer(state) : hostTrainer(state);
}

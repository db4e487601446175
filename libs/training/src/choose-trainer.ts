import * as tf from '@tensorflow/tfjs-core';
import { deviceBackends } from '@elucidate/engine/backend';
import type { TrainState } from './checkpoint.js';
import { deviceTrainer } from './device-trainer.js';
import { inPlaceTrainer, stepsInPlace } from './in-place-trainer.js';
import { replayedTrainer, stepsAreReplayed } from './replayed-trainer.js';
import { hostTrainer, type Trainer } from './trainer.js';

/** The trainer that suits the current backend: one that keeps everything where the tensors are, if the backend can take the step itself or if reading tensors back is the main cost. Takes ownership of the state. */
export function trainerOf(state: TrainState): Trainer {
  // a replayed step keeps no tracks
  if (stepsAreReplayed() && state.tracks === undefined) return replayedTrainer(state);
  if (deviceBackends.has(tf.getBackend())) return deviceTrainer(state);
  return stepsInPlace() ? inPlaceTrainer(state) : hostTrainer(state);
}

import * as tf from '@tensorflow/tfjs-core';
import { asyncTidy } from './async-tidy.js';
import type { Denoiser, ReadingDenoiser } from './denoiser.js';

/** An independent implementation of a sampling run's clamp: the same denoiser with x0-hat clamped to [min, max], data units. The run's noise estimate follows it, since that is (y - x0-hat)/sigma. */
export function clamped(denoiser: Denoiser | ReadingDenoiser, min: number, max: number): ReadingDenoiser {
  return (y, sigma) => asyncTidy(async (note) => tf.clipByValue(note(await denoiser(y, sigma)), min, max));
}

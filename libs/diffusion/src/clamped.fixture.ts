import * as tf from '@tensorflow/tfjs-core';
import { asyncTidy } from './async-tidy.js';
import type { Denoiser, ReadingDenoiser } from './denoiser.js';

/** What a walk's clamp should come to: the same denoiser with x0-hat held to [min, max], data units. A walk's noise estimate follows it, since that is (y - x0-hat)/sigma. */
export function clamped(denoiser: Denoiser | ReadingDenoiser, min: number, max: number): ReadingDenoiser {
  return (y, sigma) => asyncTidy(async (note) => tf.clipByValue(note(await denoiser(y, sigma)), min, max));
}

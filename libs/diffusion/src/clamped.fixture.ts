import * as tf from '@tensorflow/tfjs-core';
import type { Denoiser } from './denoiser.js';

/** What a walk's clamp should come to: the same denoiser with x0-hat held to [min, max], data units. A walk's noise estimate follows it, since that is (y - x0-hat)/sigma. */
export function clamped(denoiser: Denoiser, min: number, max: number): Denoiser {
  return (y, sigma) => tf.tidy(() => tf.clipByValue(denoiser(y, sigma), min, max));
}

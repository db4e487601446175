import * as tf from '@tensorflow/tfjs-core';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { asyncTidy } from './async-tidy.js';
import { guides } from './guidance-interval.js';
import type { Guidance } from './guidance-interval.js';
import type { AnyDenoiser, Denoised } from './sampling-run.js';

/** The two denoisers that guidance compares. */
export interface GuidedPair {
  /** Given the class of each image. */
  denoiser: AnyDenoiser;
  /** Not given the class, or weaker: what guidance leads away from. */
  guide: AnyDenoiser;
}

/**
 * x0-hat of y [n,h,w,c]: D_guide + w (D - D_guide), and likewise for the network's own noise where both return it. If D is given a class and
 * the guide is not, this is classifier-free guidance: y + sigma^2 times the score of p(y; sigma)^(1 - w) p(y | class; sigma)^w, densities of
 * noised images, which is the denoiser of no one data distribution. Ho & Salimans 2022, eq. 6, whose w is smaller by one. Outside the interval
 * the result is D alone.
 */
export function guided({ denoiser, guide }: GuidedPair, guidance: Guidance): AnyDenoiser {
  return (y, sigma) => (guides(guidance, sigma) ? extrapolated({ denoiser, guide }, { y, sigma, scale: guidance.scale }) : denoiser(y, sigma));
}

async function extrapolated({ denoiser, guide }: GuidedPair, { y, sigma, scale }: { y: Tensor4D; sigma: number; scale: number }): Promise<Denoised> {
  return asyncTidy(async (note) => {
    const noted = ({ x0, eps }: Denoised): Denoised => ({ x0: note(x0), ...(eps && { eps: note(eps) }) });
    const from = noted(denoisedOf(await guide(y, sigma)));
    const to = noted(denoisedOf(await denoiser(y, sigma)));
    const eps = from.eps && to.eps && beyond(from.eps, to.eps, scale);
    return { x0: beyond(from.x0, to.x0, scale), ...(eps && { eps }) };
  });
}

function denoisedOf(output: Awaited<ReturnType<AnyDenoiser>>): Denoised {
  return output instanceof tf.Tensor ? { x0: output } : output;
}

/** from + scale (to - from). */
function beyond(from: Tensor4D, to: Tensor4D, scale: number): Tensor4D {
  return tf.tidy(() => tf.add(from, tf.mul(tf.sub(to, from), scale)));
}

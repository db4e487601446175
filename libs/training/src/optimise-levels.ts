import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { karrasLevels } from '@elucidate/diffusion/discretisations/karras';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { eulerMoveErrors, leastPath } from '@elucidate/diffusion/optimised-levels';
import { samplerOf } from '@elucidate/diffusion/samplers';
import { initialState, type StepReport } from '@elucidate/diffusion/sampling-run';
import { channelsOf } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import { batchDenoiser, type Generator } from './batch-denoiser.js';
import { sliceLabels } from './labels.js';
import { clampOf, interruptible, labelsOf, type SampleHooks } from './sample.js';

/** Noise levels chosen for a network, and facts about how. */
export interface OptimisedLevels {
  /** steps + 1, falling, the last 0. */
  sigmas: number[];
  /** The teacher's, likewise. */
  teacher: number[];
  /** Denoiser calls per image of the teacher's run. */
  nfe: number;
}

/** Images whose runs are held together. */
const together = 64;

/**
 * Levels of the teacher's run, which takes more steps of the same solver, on which single Euler moves stay closest to it (GITS). The costs are means over images
 * made from the discretisation's own seed. Throws stage.interrupted, and stage.diverged if the teacher's run is not finite.
 */
export async function optimiseLevels(generator: Generator, params: StageParams<'levels'>, hooks: Pick<SampleHooks, 'signal' | 'onProgress'> = {}): Promise<OptimisedLevels> {
  const { discretisation } = params;
  if (discretisation.kind !== 'optimised') throw new ElucidateError('stage.failed', `The discretisation ${discretisation.kind} is not optimised; the sweep should not have planned this stage`);
  const { teacherSteps, images, coefficient, ...grid } = discretisation;
  const teacher = karrasLevels(teacherSteps, grid);
  const costs = teacher.slice(1).map((_, i) => teacher.slice(i + 1).map(() => 0));
  let nfe = 0;
  for (let from = 0; from < images; from += together) {
    const run = await teacherRun(generator, params, { teacher, from, count: Math.min(together, images - from), images }, hooks);
    run.errors.forEach((row, i) => row.forEach((error, ahead) => { costs[i]![ahead]! += error / images; }));
    nfe = run.calls;
  }
  if (!costs.flat().every(Number.isFinite)) throw new ElucidateError('stage.diverged', `A state of the teacher's run of ${teacherSteps} steps of ${params.sampler.kind} is no longer a finite number; set clampX0, or take more teacherSteps`);
  return { sigmas: leastPath(costs, params.steps, coefficient).map((index) => teacher[index]!), teacher, nfe };
}

interface Share {
  teacher: readonly number[];
  from: number;
  count: number;
  images: number;
}

/** One batch of the teacher's run: the summed error of each move, and the calls per image. */
async function teacherRun(generator: Generator, params: StageParams<'levels'>, { teacher, from, count, images }: Share, { signal, onProgress }: Pick<SampleHooks, 'signal' | 'onProgress'>): Promise<{ errors: number[][]; calls: number }> {
  const { params: train, sigmaData, classes } = generator;
  const { dataset } = train;
  const seed = 'seed' in params.discretisation ? params.discretisation.seed : 0;
  const shape = [dataset.resolution, dataset.resolution, channelsOf(dataset)] as const;
  const noise = noiseSource(Array.from({ length: count }, (_, i) => imageSeed(seed, from + i)), shape);
  const labels = classes && sliceLabels(labelsOf(classes, { samples: images, seed }), from, from + count);
  const { denoiser, calls, dispose } = batchDenoiser(generator, { guidance: params.guidance, noiseLevel: { kind: 'known' } }, labels);
  const [states, x0]: [Float32Array[], Float32Array[]] = [[], []];
  const start = initialState({ sigmas: teacher, noise });
  const onStep = async ({ index, steps, y, x0: hat }: StepReport) => {
    states.push((await y.data()) as Float32Array);
    x0.push((await hat.data()) as Float32Array);
    onProgress?.({ fraction: (from + (count * (index + 1)) / steps) / images, note: `images ${from + 1} to ${from + count} of ${images}, step ${index + 1} of ${steps} of the teacher` });
    await setImmediate();
  };
  try {
    const run = samplerOf(params.sampler, { b: train.inputScale, sigmaData });
    const end = await run(denoiser, start, { sigmas: teacher, noise, clamp: clampOf(params, train), onStep, signal: signal && interruptible(signal) });
    states.push((await end.data()) as Float32Array);
    tf.dispose(end);
    return { errors: eulerMoveErrors({ states, x0 }, teacher, shape[0] * shape[1] * shape[2]), calls: calls() };
  } finally {
    start.dispose();
    dispose();
  }
}

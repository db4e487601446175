import * as tf from '@tensorflow/tfjs-core';
import { denoiserOf, type DenoiserOptions } from '@elucidate/diffusion/denoiser';
import { decayOf } from '@elucidate/diffusion/ema';
import { karrasLevels } from '@elucidate/diffusion/discretisations/karras';
import { trainingLoss } from '@elucidate/diffusion/losses';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { noiseLevels, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { noiseConditioning } from '@elucidate/diffusion/preconditioning';
import { samplerOf } from '@elucidate/diffusion/samplers';
import { scheduleOf } from '@elucidate/diffusion/schedules';
import { type AnyDenoiser, initialState } from '@elucidate/diffusion/sampling-run';
import { fit } from '../fit.js';
import { fromTensors, type HostWeights, toTensors } from '../host-weights.js';
import { oneCycle } from '../lr-plan.js';
import { epochOrders } from '../order.js';
import { trainBatch } from '../train-batch.js';
import type { Design, ProofCase } from './cases.js';
import { asImages, drawPoints, exactDenoiser, ring, sigmaData } from './mixture.js';
import { pointNetwork } from './point-network.js';
import { kernelWidth, margin, settings } from './settings.js';
import { type Discrepancy, discrepancy, isWithin, type Points } from './two-sample-test.js';

export type Verdict = 'passes' | 'fails' | 'fails as expected' | 'passes against expectation';

export interface Proof {
  name: string;
  /** After the last round. */
  found: Discrepancy;
  /** What the exact denoiser reaches on the same levels from the same noise: where no network can do better. */
  exact: Discrepancy;
  /** Highest and lowest level sampled, the last 0 aside. */
  sigmas: { highest: number; lowest: number };
  updates: number;
  verdict: Verdict;
}

/** Names the random streams beside those of a training, which are named by its seed. */
const streams = { train: 101, fresh: 102, walk: 103 } as const;

const network = pointNetwork(settings.network);

/** How much is spent on a case; see `settings`. */
export interface Effort {
  rounds: readonly number[];
  samples: number;
}

/** Trains a case in rounds until its samples pass, and says how that ended. */
export async function proveCase({ name, design, failsBecause }: ProofCase, effort: Effort = settings): Promise<Proof> {
  const { levels, options } = meaningOf(design);
  const sigmas = gridWithin(levels.range);
  const look = (denoiser: AnyDenoiser, round: number) => judged(denoiser, { sigmas, b: design.inputScale, samples: effort.samples, round });
  const exact = await look(exactDenoiser(ring), 0);
  let weights = await startingWeights();
  let found: Discrepancy | undefined;
  let updates = 0;
  for (const [index, length] of effort.rounds.entries()) {
    const round = index + 1;
    weights = await trainedOn(design, { weights, round, updates: length });
    updates += length;
    found = await withTensors(weights, (tensors) => look(denoiserOf((x, condition) => network.apply(tensors, x, condition), options), round));
    if (isWithin(found, margin)) break;
  }
  return { name, found: found!, exact, sigmas: { highest: sigmas[0]!, lowest: sigmas.at(-2)! }, updates, verdict: verdictOf(isWithin(found!, margin), failsBecause !== undefined) };
}

/** What the network gives before its first update, on a case's levels. */
export async function untrained({ design }: ProofCase, { samples }: Pick<Effort, 'samples'> = settings): Promise<Discrepancy> {
  const { levels, options } = meaningOf(design);
  return withTensors(await startingWeights(), (tensors) =>
    judged(denoiserOf((x, condition) => network.apply(tensors, x, condition), options), { sigmas: gridWithin(levels.range), b: design.inputScale, samples, round: 0 }));
}

function verdictOf(passes: boolean, expectedToFail: boolean): Verdict {
  if (expectedToFail) return passes ? 'passes against expectation' : 'fails as expected';
  return passes ? 'passes' : 'fails';
}

function meaningOf(design: Design): { levels: NoiseLevels; options: DenoiserOptions } {
  const schedule = scheduleOf(design.schedule);
  const b = design.inputScale;
  return {
    levels: noiseLevels(design.noiseDistribution, { schedule, b }),
    options: { kind: design.parameterisation, b, sigmaData, normalisation: design.normalisation, conditioning: (sigma) => noiseConditioning(design.conditioning, sigma, schedule, b) },
  };
}

/** One round: from these weights, at a learning rate that rises and falls to 0 (Loshchilov & Hutter 2017). */
async function trainedOn(design: Design, { weights, round, updates }: { weights: HostWeights; round: number; updates: number }): Promise<HostWeights> {
  const { levels, options } = meaningOf(design);
  const { batch, learningRate: peak, emaHalfLife } = settings;
  const images = asImages(drawPoints(ring, settings.trainPoints, [streams.train]));
  const orderOf = epochOrders(images.count, round);
  const { ema } = await fit({
    id: `proof ${round}`,
    steps: updates,
    init: () => toTensors(weights),
    batchOf: (step) => trainBatch({ images, orderOf, levels, range: 1, seed: round, batch, count: batch, step }),
    loss: (tensors, points) => trainingLoss((x, condition) => network.apply(tensors, x, condition), points, options, design.lossWeight),
    learningRate: (step) => oneCycle(step / updates, { peak }),
    peak,
    decay: (step) => decayOf(Math.min(emaHalfLife, (step + 1) * batch * 0.05), batch),
  });
  return ema;
}

function gridWithin({ sigmaMin, sigmaMax }: NoiseLevels['range']): number[] {
  const { lowest, highest } = settings.sigmas;
  return karrasLevels(settings.steps, { rho: settings.rho, sigmaMin: Math.max(sigmaMin, lowest), sigmaMax: Math.min(sigmaMax, highest) });
}

/** Samples of a denoiser against fresh draws of the data; each round has its own of both. */
async function judged(denoiser: AnyDenoiser, { sigmas, b, samples, round }: { sigmas: number[]; b: number; samples: number; round: number }): Promise<Discrepancy> {
  const noise = noiseSource(Array.from({ length: samples }, (_, i) => imageSeed(streams.walk + round, i)), [1, 1, 2]);
  const start = initialState({ sigmas, noise });
  const end = await samplerOf({ kind: 'dpmpp-2m' }, { b })(denoiser, start, { sigmas, noise });
  const points = (await end.data()) as Points;
  tf.dispose([start, end]);
  return discrepancy(points, drawPoints(ring, samples, [streams.fresh, round]), kernelWidth);
}

async function startingWeights(): Promise<HostWeights> {
  const tensors = network.init(1);
  const weights = await fromTensors(tensors);
  tf.dispose(tensors);
  return weights;
}

async function withTensors<T>(weights: HostWeights, use: (tensors: Record<string, tf.Tensor>) => Promise<T>): Promise<T> {
  const tensors = toTensors(weights);
  try {
    return await use(tensors);
  } finally {
    tf.dispose(tensors);
  }
}

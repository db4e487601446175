import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { denoiserOf, type DenoiserOptions } from '@elucidate/diffusion/denoiser';
import { karrasLevels } from '@elucidate/diffusion/discretisations/karras';
import { uncertaintyOf } from '@elucidate/diffusion/level-uncertainty';
import { logVarianceOf, lossFrom, lossTensors } from '@elucidate/diffusion/losses';
import { labelled, type Network, oneHot } from '@elucidate/diffusion/network';
import { imageSeed, noiseSource } from '@elucidate/diffusion/noise';
import { noiseLevels, type NoiseLevels } from '@elucidate/diffusion/noise-distributions';
import { noiseConditioning } from '@elucidate/diffusion/preconditioning';
import { samplerOf } from '@elucidate/diffusion/samplers';
import { scheduleOf } from '@elucidate/diffusion/schedules';
import { initialState } from '@elucidate/diffusion/sampling-run';
import { exponentOf, snapshotSteps, trackStds } from '@elucidate/experiment/power-average';
import { type Fit, fit } from '../fit.js';
import { fromTensors, type HostWeights, toTensors } from '../host-weights.js';
import { epochOrders } from '../order.js';
import { stepPlans } from '../recipe.js';
import { averageOf, gatherSnapshots, snapshotFiles } from '../snapshots.js';
import { trainBatch } from '../train-batch.js';
import type { Design, ProofCase } from './cases.js';
import { drawLabelled, exactDenoiser, ring, sigmaData } from './mixture.js';
import { type PointNetwork, pointNetwork } from './point-network.js';
import { kernelWidth, margin, settings } from './settings.js';
import { apart, denoiserFor, type DenoiserOf, type Target, targetsOf } from './targets.js';
import { type Discrepancy, discrepancy, isWithin, type Points, upperLimit } from './two-sample-test.js';

export type Verdict = 'passes' | 'fails' | 'fails as expected' | 'passes against expectation';

export interface Proof {
  name: string;
  /** After the last round; the worst if there are several targets. */
  found: Discrepancy;
  /** What the exact denoiser reaches on the same levels from the same noise: the best any network can do. Likewise the worst. */
  exact: Discrepancy;
  /** Highest and lowest level sampled, except the final 0. */
  sigmas: { highest: number; lowest: number };
  updates: number;
  verdict: Verdict;
}

/** Names the random streams other than those of training, which are named by its seed. */
const streams = { train: 101, fresh: 102, sampling: 103, reference: 1000 } as const;

/** The budget of a case; see `settings`. */
export interface Effort {
  rounds: readonly number[];
  samples: number;
}

/** Trains a case in rounds until its samples pass, and reports the outcome. */
export async function proveCase(proofCase: ProofCase, effort: Effort = settings): Promise<Proof> {
  const { name, design, failsBecause } = proofCase;
  const { network, levels } = meaningOf(design);
  const sigmas = levelsWithin(levels.range);
  const look = (of: DenoiserOf, round: number) => worst(targetsOf(proofCase), of, { sigmas, b: design.inputScale, samples: effort.samples, round });
  const exact = await look(exactOf, 0);
  let weights = await startingWeights(network, design);
  let found: Discrepancy | undefined;
  let updates = 0;
  for (const [index, length] of effort.rounds.entries()) {
    const round = index + 1;
    weights = await trainedOn(proofCase, { weights, round, updates: length });
    updates += length;
    found = await withTensors(weights, (tensors) => look(trainedOf(design, tensors), round));
    if (isWithin(found, margin)) break;
  }
  return { name, found: found!, exact, sigmas: { highest: sigmas[0]!, lowest: sigmas.at(-2)! }, updates, verdict: verdictOf(isWithin(found!, margin), failsBecause !== undefined) };
}

/** The output of the network before its first update, on a case's levels. */
export async function untrained(proofCase: ProofCase, { samples }: Pick<Effort, 'samples'> = settings): Promise<Discrepancy> {
  const { design } = proofCase;
  const { network, levels } = meaningOf(design);
  return withTensors(await startingWeights(network, design), (tensors) =>
    worst(targetsOf(proofCase), trainedOf(design, tensors), { sigmas: levelsWithin(levels.range), b: design.inputScale, samples, round: 0 }));
}

const exactOf: DenoiserOf = (labels) => exactDenoiser(ring, labels);

function trainedOf(design: Design, tensors: Record<string, tf.Tensor>): DenoiserOf {
  const { network, options } = meaningOf(design);
  const raw: Network = (x, condition) => network.apply(tensors, x, condition);
  // created again in each evaluation, whose tidy disposes it
  const given = (labels: ArrayLike<number>): Network => (x, condition) => labelled(raw, oneHot(Array.from(labels), classes))(x, condition);
  return (labels) => denoiserOf(labels === undefined ? raw : given(labels), options);
}

function verdictOf(passes: boolean, expectedToFail: boolean): Verdict {
  if (expectedToFail) return passes ? 'passes against expectation' : 'fails as expected';
  return passes ? 'passes' : 'fails';
}

const classes = ring.weights.length;

function meaningOf(design: Design): { network: PointNetwork; levels: NoiseLevels; options: DenoiserOptions } {
  const schedule = scheduleOf(design.schedule);
  const b = design.inputScale;
  return {
    network: pointNetwork({ ...settings.network, classes: design.classCondition.kind === 'label' ? classes : 0 }),
    levels: noiseLevels(design.noiseDistribution, { schedule, b }),
    options: { kind: design.parameterisation, b, sigmaData, normalisation: design.normalisation, conditioning: (sigma) => noiseConditioning(design.conditioning, sigma, schedule, b) },
  };
}

/** One round: from these weights, by our own recipe with a learning rate that rises and falls to 0 (Loshchilov & Hutter 2017). Returns the average that is sampled. */
async function trainedOn({ design, recipe, averageStd }: ProofCase, { weights, round, updates }: { weights: HostWeights; round: number; updates: number }): Promise<HostWeights> {
  const { network, levels, options } = meaningOf(design);
  const { classCondition } = design;
  const labelDropout = classCondition.kind === 'label' ? classCondition.labelDropout : undefined;
  const { batch, learningRate, emaHalfLife } = settings;
  const images = drawLabelled(ring, settings.trainPoints, [streams.train]);
  const orderOf = epochOrders(images.count, round);
  const plan: Fit<ReturnType<typeof lossTensors>> = {
    id: `proof ${round}`,
    steps: updates,
    init: () => toTensors(weights),
    batchOf: (step) => lossTensors(trainBatch({ images, orderOf, levels, labelDropout, range: 1, seed: round, batch, count: batch, step, pairing: design.noisePairing }), options, design.lossWeight),
    loss: (tensors, points) => lossFrom((x, condition) => network.apply(tensors, x, condition), points, options.normalisation, logVarianceOf(design.lossWeight, tensors, points)),
    stepPlan: stepPlans({ images: updates * batch, batch, learningRate, emaHalfLifeImages: emaHalfLife, ...recipe, ...(averageStd !== undefined && { emaSnapshots: settings.snapshots }) }),
    remedy: 'lower the learning rate of settings.ts',
  };
  return averageStd === undefined ? (await fit(plan)).ema : reconstructed(plan, averageStd);
}

/** An average of a training's weights, made from snapshots that it leaves. */
async function reconstructed<B extends object>(plan: Fit<B>, std: number): Promise<HostWeights> {
  const dir = await mkdtemp(join(tmpdir(), 'elucidate-proof-'));
  try {
    const after = snapshotSteps(plan.steps, settings.snapshots);
    await fit({ ...plan, snapshots: { tracks: trackStds.length, after } }, { snapshots: snapshotFiles(dir, plan.id) });
    const file = join(dir, 'snapshots.safetensors');
    await gatherSnapshots(file, { dir, paramsId: plan.id, steps: after, imagesAfter: (step) => step * settings.batch });
    return (await averageOf(file, () => exponentOf(std))).weights;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function levelsWithin({ sigmaMin, sigmaMax }: NoiseLevels['range']): number[] {
  const { lowest, highest } = settings.sigmas;
  return karrasLevels(settings.steps, { rho: settings.rho, sigmaMin: Math.max(sigmaMin, lowest), sigmaMax: Math.min(sigmaMax, highest) });
}

interface Comparison {
  sigmas: number[];
  b: number;
  samples: number;
  round: number;
}

/** Samples for each target against fresh points: returns those furthest off. */
async function worst(targets: readonly Target[], of: DenoiserOf, comparison: Comparison): Promise<Discrepancy> {
  const found: Discrepancy[] = [];
  for (const target of targets) found.push(await discrepancyFor(target, of, comparison));
  return found.reduce((a, b) => (upperLimit(a, margin.z) > upperLimit(b, margin.z) ? a : b));
}

/** Each round has its own samples and its own fresh points. With guidance the fresh points are samples too, from the exact denoisers, since their distribution has no closed form. */
async function discrepancyFor(target: Target, of: DenoiserOf, { sigmas, b, samples, round }: Comparison): Promise<Discrepancy> {
  const { data: fresh, labels: { of: labels } } = drawLabelled(ring, samples, [streams.fresh, round]);
  const sampled = async (from: DenoiserOf, stream: number): Promise<Points> => {
    const noise = noiseSource(Array.from({ length: samples }, (_, i) => imageSeed(stream, i)), [1, 1, 2]);
    const start = initialState({ sigmas, noise });
    const end = await samplerOf({ kind: 'dpmpp-2m' }, { b })(denoiserFor(target, from, labels), start, { sigmas, noise });
    const points = (await end.data()) as Points;
    tf.dispose([start, end]);
    return points;
  };
  const reference = target.guidance === undefined ? fresh : await sampled(exactOf, streams.reference + round);
  const found = await sampled(of, streams.sampling + round);
  return target.labelled ? discrepancy(apart(found, labels), apart(reference, labels), kernelWidth) : discrepancy(found, reference, kernelWidth);
}

async function startingWeights(network: PointNetwork, { lossWeight }: Design): Promise<HostWeights> {
  const tensors = { ...network.init(1), ...uncertaintyOf(lossWeight)?.init() };
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

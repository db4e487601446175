import type * as tf from '@tensorflow/tfjs-core';
import { counted, type Repeated } from '@elucidate/diffusion/denoiser';
import { guided } from '@elucidate/diffusion/guidance';
import { oneHot } from '@elucidate/diffusion/network';
import type { AnyDenoiser } from '@elucidate/diffusion/sampling-run';
import { replayed } from '@elucidate/engine/replayed';
import { ElucidateError } from '@elucidate/experiment/errors';
import { blindDenoiser, type SampleParams, trainedDenoiser, type TrainedEstimator, type TrainedNetwork } from './build.js';
import type { Labels } from './labels.js';

/** What images are made from: one set of weights or several. */
export interface Generator extends TrainedNetwork {
  /** Given when the noise level is predicted. */
  estimator?: TrainedEstimator | undefined;
  /** Given with autoguidance: the network that it leads away from. */
  guide?: TrainedNetwork | undefined;
  /** Given with optimised levels: those that were chosen. */
  levels?: readonly number[] | undefined;
}

/** The denoiser that a sampler calls for one batch of images. */
export interface BatchDenoiser {
  denoiser: AnyDenoiser;
  /** Denoiser evaluations per image so far, including those of the guide. */
  calls(): number;
  dispose(): void;
}

/** How it is sampled. */
type Sampling = Pick<SampleParams, 'noiseLevel' | 'guidance'>;

/** The labels of the batch, and how a call is repeated. */
interface Batch {
  label: tf.Tensor2D | undefined;
  repeated: Repeated;
}

/** The generator's denoiser as a sampler calls it: given the labels of the batch if it has classes, at a known or an estimated level, guided or not. */
export function batchDenoiser(generator: Generator, sample: Sampling, labels: Labels | undefined): BatchDenoiser {
  const held: { dispose(): void }[] = [];
  const label = labels && oneHot(Array.from(labels.of), labels.classes.length);
  if (label) held.push(label);
  const repeated: Repeated = (work) => {
    const replays = replayed(work);
    held.push(replays);
    return replays;
  };
  const dispose = () => held.forEach((each) => each.dispose());
  const main = counted(denoiserAt(generator, sample, { label, repeated }));
  if (sample.guidance.kind === 'none') return { denoiser: main.denoiser, calls: main.calls, dispose };
  const guide = counted(guides[sample.guidance.kind](generator, sample, { label, repeated }));
  return { denoiser: guided({ denoiser: main.denoiser, guide: guide.denoiser }, sample.guidance), calls: () => main.calls() + guide.calls(), dispose };
}

type Guided = Exclude<SampleParams['guidance'], { kind: 'none' }>;

/** What each kind of guidance leads away from. */
const guides: { readonly [K in Guided['kind']]: (generator: Generator, sample: Sampling, batch: Batch) => AnyDenoiser } = {
  'classifier-free': (generator, sample, { label, repeated }) => {
    if (label === undefined) throw new ElucidateError('stage.failed', 'The sampling is guided by classes, but its network is given none; set guidance to { kind: none }, or train with classCondition { kind: label }');
    return denoiserAt(generator, sample, { label: undefined, repeated });
  },
  'autoguidance': ({ guide, estimator }, sample, { label, repeated }) => {
    if (guide === undefined) throw new ElucidateError('stage.failed', 'The sampling is guided by a second network, but none was given to it');
    return denoiserAt({ ...guide, estimator }, sample, { label: guide.classes && label, repeated });
  },
};

function denoiserAt({ estimator, ...trained }: Omit<Generator, 'guide'>, { noiseLevel }: Sampling, { label, repeated }: Batch): AnyDenoiser {
  if (noiseLevel.kind === 'known') return trainedDenoiser(trained, label, repeated);
  if (estimator === undefined) throw new ElucidateError('stage.failed', 'The sampling predicts its noise level, but no noise-level estimator was given to it');
  return blindDenoiser(trained, { clamp: noiseLevel.clamp, estimator, label });
}

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { defaultParameters, defaultRecipe } from '@elucidate/experiment/parameters';
import type { ProgramSpec } from '@elucidate/experiment/program-grammar';
import { stageDefinitions, type StageParams } from '@elucidate/experiment/stages';
import type { StageContext, StageResults } from '../context.js';
import { attempting, type CheckedProgram, type CheckRequest, filesAt, noisyImages, packedAt } from './check-parts.js';
import { archiveOutput } from './execute-program.js';
import { runProgramSample } from './sample.js';
import { trainProgram } from './train.js';

const [batch, steps, samples] = [8, 3, 4];
const ddim: StageParams<'sample'>['sampler'] = { kind: 'ddim', eta: 0, noiseFrom: 'clamped', quietBelow: 0 };
/** More than a program takes before it is stopped. */
const manySteps = 100_000;

/** Runs a program on a few random images, as a sweep's stages would: training, two samplings, classes, a stop. Throws only for a folder that cannot be a program, or when the signal aborts. */
export async function checkProgram(request: CheckRequest, context: StageContext): Promise<CheckedProgram> {
  const { findings, attempt } = attempting(request, context);
  const { place, resolution } = request;
  const { archive, program } = await packedAt(request);
  const images = noisyImages(resolution);
  const params = trainingOf(program, resolution);
  const normalised: StageParams<'train'> = { ...params, normalisation: 'per-sample', augmentation: { kind: 'flips' } };
  const labelled: StageParams<'train'> = { ...params, classCondition: { kind: 'label', labelDropout: 0.1 } };
  const train = (name: string, of: StageParams<'train'>, using: StageContext = context) => filesAt(place, name, { program: { [archiveOutput]: archive } }).then((files) => trainProgram(of, images, files, using));
  const sample = (name: string, of: StageParams<'sample'>, trained: StageResults) => filesAt(place, name, { train: pathsOf(trained) }).then((files) => runProgramSample(of, files, context));

  const trained = await attempt('trains', true, () => train('train', params), ({ metrics }) => `${steps} steps of ${batch} images${metrics[0] ? `, loss ${metrics[0].value.toPrecision(4)}` : '; it reports no losses'}`);
  if (trained === undefined) return { findings, versions: undefined };
  const first = await attempt('samples', true, () => sample('sample', samplingOf(ddim), trained), () => `${samples} images in 3 steps of ddim`);
  if (first !== undefined) {
    await attempt('samples with fresh noise, past steps and two evaluations', true, async () => {
      await sample('sample-2m-sde', samplingOf({ kind: 'dpmpp-2m-sde', eta: 1, sNoise: 1, solver: 'midpoint' }), trained);
      await sample('sample-heun', samplingOf({ kind: 'heun', sChurn: 4, sTmin: 0, sNoise: 1 }), trained);
    }, () => 'dpmpp-2m-sde and heun with churn');
    await attempt('gives the same images again', true, async () => sameAs(first, await sample('sample-again', samplingOf(ddim), trained)), () => 'byte for byte');
  }
  await attempt('takes per-sample normalisation and flips', false, async () => {
    await sample('sample-normalised', samplingOf(ddim), await train('train-normalised', normalised));
  }, () => 'trained and sampled');
  await attempt('takes classes and guidance', false, async () => {
    const classy = await train('train-classes', labelled);
    await sample('sample-guided', { ...samplingOf(ddim), guidance: { kind: 'classifier-free', scale: 2, sigmaLow: 0 } }, classy);
  }, () => 'trained and sampled');
  await attempt('stops on SIGTERM with a checkpoint', true, () => stops(place, (using) => train('stop', { ...params, images: manySteps * batch }, using), context), (detail) => detail);
  return { findings, versions: trained.versions ?? {} };
}

/** Stops a long training once it reports progress, and says what it left. */
async function stops(place: string, run: (context: StageContext) => Promise<unknown>, context: StageContext): Promise<string> {
  const stop = new AbortController();
  const ended = await run({ ...context, signal: AbortSignal.any([context.signal, stop.signal]), onProgress: () => stop.abort(), onLog: context.onLog.bind(context) }).then(() => undefined, (error: unknown) => error);
  context.signal.throwIfAborted();
  if (!(ended instanceof ElucidateError) || ended.code !== 'stage.interrupted') throw ended ?? new ElucidateError('stage.failed', `It ended, after ${manySteps} steps, without ever having printed {"progress": ...}; print it every few steps, or a sweep cannot say how far it is`);
  if (!ended.message.includes('from its checkpoint')) throw new ElucidateError('stage.failed', `It did not end with exit code 143 within 8 seconds of SIGTERM: ${ended.message}. A training that is stopped would begin again`);
  const left = await readdir(join(place, 'stop', 'checkpoint'));
  if (left.length === 0) throw new ElucidateError('stage.failed', 'It ended with exit code 143, but wrote nothing into `paths.checkpoint`: it would begin again');
  return `exit code 143; ${left.slice(0, 3).join(', ')} in its checkpoint`;
}

const pathsOf = ({ outputs }: StageResults): Record<string, string> => Object.fromEntries(Object.entries(outputs).map(([name, { path }]) => [name, path]));

function trainingOf(network: ProgramSpec & { kind: 'program' }, resolution: CheckRequest['resolution']): StageParams<'train'> {
  const dataset = { name: 'mnist', resolution } as const;
  return stageDefinitions.train.params.strip().parse({ ...defaultParameters({ ...defaultRecipe, network, learningRate: 1e-3 }, dataset), dataset, images: batch * steps, batch, emaHalfLifeImages: batch, emaRamp: 0.05, seed: 1 });
}

function samplingOf(sampler: StageParams<'sample'>['sampler']): StageParams<'sample'> {
  const defaults = defaultParameters({ ...defaultRecipe, network: { kind: 'exact' }, learningRate: 1e-3 }, { name: 'mnist', resolution: 32 });
  return stageDefinitions.sample.params.strip().parse({ ...defaults, sampler, steps: 3, samples, trajectory: false, seed: 1 });
}

async function sameAs(first: StageResults, second: StageResults): Promise<void> {
  const [one, other] = await Promise.all([first, second].map(({ outputs }) => readFile(outputs['images']!.path)));
  if (!one!.equals(other!)) throw new ElucidateError('stage.failed', 'The same weights, trajectory and noise gave other images: something random is not seeded. Scores then differ from run to run by more than their seeds say');
}

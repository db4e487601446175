import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DesignTable, designTable } from '@elucidate/diffusion/design-table';
import { isProgram } from '@elucidate/experiment/design';
import { ElucidateError } from '@elucidate/experiment/errors';
import { previewFile } from '@elucidate/experiment/execution';
import type { StageParams } from '@elucidate/experiment/stages';
import { trainingDesign } from '@elucidate/training/build';
import { sigmaDataOf } from '@elucidate/training/datasets/statistics';
import { areBytes, type Images } from '@elucidate/training/images';
import { trainedClasses } from '@elucidate/training/labels';
import { checkLabels } from '@elucidate/training/loop';
import { stepPlans } from '@elucidate/training/recipe';
import { encodeSafetensors, type StoredTensor } from '@elucidate/training/safetensors';
import type { StageContext, StageFiles, StageResults } from '../context.js';
import { writeOutput } from '../files.js';
import { lossMetric } from '../loss-metric.js';
import { realImages } from '../real-images.js';
import { factsMetadata } from '../training-facts.js';
import { archiveOutput, archivePath, archiveType, executeProgram, taskFolder } from './execute-program.js';
import { requireOutput } from './outputs.js';
import type { TrainTask } from './task.js';
import { writeImages } from './task-images.js';
import { writeTensors } from './write-tensors.js';

/** Trains a network that is a program. Outputs: weights (whatever it wrote), losses, training (what it was trained as) and the program, for the stages that sample it. */
export async function runProgramTrain(params: StageParams<'train'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  const images = await realImages(params.dataset, 'train', context);
  checkLabels(params, images);
  return trainProgram(params, images, files, context);
}

/** The same on these images. */
export async function trainProgram(params: StageParams<'train'>, images: Images, files: StageFiles, context: StageContext): Promise<StageResults> {
  const { network: program } = params;
  if (!isProgram(program)) throw new ElucidateError('stage.failed', 'The network of this training is no program');
  const sigmaData = sigmaDataOf(params, images);
  const { levels, options } = trainingDesign(params, sigmaData);
  const folder = taskFolder(files);
  await mkdir(folder, { recursive: true });
  await mkdir(files.checkpointDir, { recursive: true });
  const at = (name: string) => join(folder, name);
  const classes = images.labels ? trainedClasses(images.labels) : null;
  const task: TrainTask = {
    kind: 'train', stage: files.stageId, settings: program.settings, seed: params.seed, threads: context.engine.threads,
    data: { count: images.count, size: images.size, channels: images.channels, floats: !areBytes(images), dataRange: params.dataRange, sigmaData, classes },
    labels: params.classCondition.kind === 'label',
    perSample: params.normalisation === 'per-sample',
    train: trainingOf(params),
    params: { train: params },
    paths: { images: at('images.safetensors'), design: at('design.safetensors'), recipe: at('recipe.safetensors'), checkpoint: files.checkpointDir, weights: join(files.outDir, 'weights'), losses: at('losses.json'), preview: join(files.outDir, previewFile) },
  };
  await writeImages(at('images.safetensors'), images);
  await writeTensors(at('design.safetensors'), columns(designTable(levels, options, params.lossWeight)));
  await writeTensors(at('recipe.safetensors'), columns(recipeOf(params)));
  const archive = archivePath(files, archiveOutput);
  const versions = await executeProgram({ program, archive, task }, files, context);
  const weights = await requireOutput(task.paths['weights']!, 'weights', 'it must write its weights to `paths.weights`');
  const losses = await lossesIn(task.paths['losses']!);
  return {
    outputs: {
      weights: { path: weights, mediaType: 'application/octet-stream' },
      losses: await writeOutput(files, 'losses.json', Buffer.from(JSON.stringify({ batch: params.batch, losses }))),
      training: await writeOutput(files, 'training.safetensors', encodeSafetensors({ tensors: {}, metadata: factsMetadata({ params, sigmaData, ...(params.classCondition.kind === 'label' && classes && { classes }) }) })),
      [archiveOutput]: { path: archive, mediaType: archiveType },
    },
    metrics: lossMetric(losses),
    versions,
  };
}

const stepsOf = ({ images, batch }: StageParams<'train'>): number => Math.ceil(images / batch);

function trainingOf(params: StageParams<'train'>): TrainTask['train'] {
  const { images, batch, optimiser: { kind, beta2, epsilon, weightDecay }, gradientClip, dropout, classCondition, augmentation } = params;
  return {
    images, batch, steps: stepsOf(params), optimiser: { kind, beta2, epsilon, weightDecay }, gradientClip, dropout,
    labelDropout: classCondition.kind === 'label' ? classCondition.labelDropout : 0,
    flips: augmentation.kind === 'flips',
  };
}

type RecipeColumns = Readonly<Record<'learningRate' | 'beta1' | 'emaDecay', Float64Array>>;

/** What differs between steps. */
function recipeOf(params: StageParams<'train'>): RecipeColumns {
  const steps = stepsOf(params);
  const planOf = stepPlans(params);
  const recipe: RecipeColumns = { learningRate: new Float64Array(steps), beta1: new Float64Array(steps), emaDecay: new Float64Array(steps) };
  for (let step = 0; step < steps; step += 1) {
    const { learningRate, beta1, decay } = planOf(step);
    recipe.learningRate[step] = learningRate;
    recipe.beta1[step] = beta1;
    recipe.emaDecay[step] = decay;
  }
  return recipe;
}

const columns = (table: DesignTable | RecipeColumns): Record<string, StoredTensor> =>
  Object.fromEntries(Object.entries(table).map(([name, data]: [string, Float64Array]) => [name, { dtype: 'F64', shape: [data.length], data }]));

/** Bytes of losses at most: ten million steps. */
const mostLosses = 2 ** 28;

/** The losses that a program wrote; none if it wrote none. Throws stage.diverged, stage.failed. */
async function lossesIn(path: string): Promise<number[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  // a FIFO would be read for ever
  if (!found.isFile() || found.size > mostLosses) throw new ElucidateError('stage.failed', `The losses that the program left at ${path} are ${found.isFile() ? `${found.size} bytes, more than the ${mostLosses} that are read` : 'no file'}; write a JSON array with the loss of each step`);
  const text = await readFile(path, 'utf8');
  // Python writes these, though JSON has none
  const values = parsed(text.replace(/-?\b(NaN|Infinity)\b/g, 'null'));
  if (!Array.isArray(values) || !values.every((value) => value === null || typeof value === 'number')) throw new ElucidateError('stage.failed', `The losses that the program wrote to ${path} are ${text.slice(0, 100)}; write a JSON array with the loss of each step`);
  const step = values.findIndex((value) => value === null || !Number.isFinite(value));
  if (step >= 0) throw new ElucidateError('stage.diverged', `The program's loss is not finite at step ${step + 1}; lower learningRate, or change what the cell asks of it`, { details: { step: step + 1 } });
  return values as number[];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

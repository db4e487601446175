import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageParams } from '@elucidate/experiment/stages';
import type { Reference } from '@elucidate/metrics/metric';
import type { StageContext, StageResults, StageFiles } from './context.js';
import type { Evaluator } from './evaluator.js';
import { inputPath, writeOutput } from './files.js';
import { readImages } from './image-files.js';
import { neighbourSheet } from './neighbours.js';
import { referenceLabels } from './reference-labels.js';
import { scoreRows, someNeed, trajectoryRows } from './scores.js';
import { featuresOf, featuresOfSteps, metadataOf, readTensors, tensor } from './tensor-files.js';

/** Scores generated images, and x0-hat of each step if it was kept, against real ones. Its results are metric rows. Output, where a metric needs the training images: neighbours, the one nearest to each image of the sample sheet. */
export async function runScore({ metrics }: StageParams<'score'>, files: StageFiles, context: Pick<StageContext, 'home' | 'onLog' | 'signal'>): Promise<StageResults> {
  const embedPath = inputPath(files, 'embed', 'features');
  const referencePath = inputPath(files, 'reference', 'features');
  const embedded = await readTensors(embedPath);
  const real = await readTensors(referencePath);
  const { evaluator, ...summary } = await readStatistics(inputPath(files, 'reference', 'statistics'));
  checkExtractor(metadataOf(embedded, 'extractor', embedPath), evaluator.weights);
  const against = {
    reference: { features: featuresOf(real, 'test', referencePath), ...summary, ...(someNeed(metrics, 'labels') && { labels: await referenceLabels(evaluator.reference, context) }) },
    training: featuresOf(real, 'train', referencePath),
    evaluator,
    ...(someNeed(metrics, 'images') && { images: await readImages(inputPath(files, 'sample', 'images')) }),
  };
  const generated = featuresOf(embedded, 'features', embedPath);
  const neighbours = someNeed(metrics, 'training') ? await neighbourSheet({ generated, training: against.training, reference: evaluator.reference }, context) : undefined;
  return {
    outputs: { ...(neighbours && { neighbours: await writeOutput(files, 'neighbours.png', neighbours) }) },
    metrics: [
      ...scoreRows(metrics, { generated, ...against }),
      ...trajectoryRows(metrics, featuresOfSteps(embedded, 'trajectory', embedPath), against),
    ],
  };
}

async function readStatistics(path: string): Promise<Omit<Reference, 'features'> & { evaluator: Evaluator }> {
  const file = await readTensors(path);
  const numbers = (name: string): Float64Array => tensor(file, { name, dtype: 'F64', path }).data;
  const evaluator = JSON.parse(metadataOf(file, 'evaluator', path)) as Evaluator;
  const mean = numbers('mean');
  return { evaluator, statistics: { n: evaluator.reference.size, d: mean.length, mean, factor: numbers('factor') }, eigenvalues: numbers('eigenvalues') };
}

function checkExtractor(generated: string, real: string): void {
  if (generated !== real) throw new ElucidateError('stage.failed', `Generated images were embedded by extractor ${generated}, the reference by ${real}; their features cannot be compared`);
}

import { isProgram, isUNet } from '@elucidate/experiment/design';
import { previewFile, type Metric, type OutputFile } from '@elucidate/experiment/execution';
import type { StageParams } from '@elucidate/experiment/stages';
import type { HostWeights } from '@elucidate/training/host-weights';
import type { Images } from '@elucidate/training/images';
import { sigmaDataOf } from '@elucidate/training/datasets/statistics';
import { trainedClasses } from '@elucidate/training/labels';
import { snapshotsAfter, train, trainingId } from '@elucidate/training/loop';
import { encodeSafetensors } from '@elucidate/training/safetensors';
import { gatherSnapshots, snapshotFiles, type SnapshotKeeper } from '@elucidate/training/snapshots';
import { tensorsOf } from '@elucidate/training/weights-file';
import { writeWhole } from '@elucidate/training/write-whole';
import type { StageResults, StageContext, StageFiles } from './context.js';
import { outputFile, writeOutput } from './files.js';
import { lossMetric } from './loss-metric.js';
import { previewedImages, previews, previewSheet } from './previews.js';
import { runProgramTrain } from './programs/train.js';
import { realImages } from './real-images.js';
import { factsMetadata } from './training-facts.js';

/** Trains a network. Outputs: weights (raw and EMA, with the params and, if it is given classes, those in the metadata), the loss of each step, previews, where a longer training may go on from it, its state, and, with `emaSnapshots`, snapshots. */
export async function runTrain(params: StageParams<'train'>, files: StageFiles, context: StageContext): Promise<StageResults> {
  if (isProgram(params.network)) return runProgramTrain(params, files, context);
  const images = await realImages(params.dataset, 'train', context);
  const sigmaData = sigmaDataOf(params, images);
  const [start, end] = [files.inputs['start']?.['state'], files.keepState ? outputFile(files, 'state.safetensors') : undefined];
  let wentOnAfter: number | undefined;
  const onStart = (steps: number): void => { wentOnAfter = steps * params.batch; };
  const kept = keptSnapshots(params, files);
  const { weights, ema, losses } = await train(params, { images, sigmaData }, { ...context, checkpointDir: files.checkpointDir, ...(kept && { snapshots: kept.keeper }), ...(start !== undefined && { start }), ...(end !== undefined && { end: end.path }), onStart, preview: underWay({ params, sigmaData }, files, context) });
  const classes = params.classCondition.kind === 'label' ? trainedClasses(images.labels!) : undefined;
  const file = encodeSafetensors({ tensors: tensorsOf({ weights, ema }), metadata: factsMetadata({ params, sigmaData, classes }) });
  const shown = await previews({ params, sigmaData, weights: ema }, await realImages(params.dataset, 'test', context));
  return {
    outputs: {
      weights: await writeOutput(files, 'weights.safetensors', file),
      losses: await writeOutput(files, 'losses.json', Buffer.from(JSON.stringify({ batch: params.batch, losses }))),
      previews: await writeOutput(files, 'previews.png', shown),
      ...(end !== undefined && { state: end }),
      ...(kept && { snapshots: await kept.gathered() }),
    },
    metrics: lossMetric(losses) satisfies Metric[],
    ...(wentOnAfter !== undefined && { wentOnAfter }),
  };
}

/** The snapshots of a training that takes some: kept beside its checkpoints, gathered in one file at its end. */
function keptSnapshots(params: StageParams<'train'>, files: StageFiles): { keeper: SnapshotKeeper; gathered(): Promise<OutputFile> } | undefined {
  const { emaSnapshots, images, batch } = params;
  if (emaSnapshots === undefined || images === 0 || !isUNet(params.network)) return undefined;
  const [dir, paramsId] = [files.checkpointDir, trainingId(params)];
  const gathered = async (): Promise<OutputFile> => {
    const file = outputFile(files, 'snapshots.safetensors');
    await gatherSnapshots(file.path, { dir, paramsId, steps: snapshotsAfter(params, emaSnapshots), imagesAfter: (step) => Math.min(step * batch, images) });
    return file;
  };
  return { keeper: snapshotFiles(dir, paramsId), gathered };
}

/** Shows what the weights of a training under way make of test images, in the file that its worker looks for. */
function underWay(training: { params: StageParams<'train'>; sigmaData: number }, files: StageFiles, context: StageContext): (ema: HostWeights) => Promise<void> {
  let images: Images | undefined;
  return async (weights) => {
    images ??= previewedImages(await realImages(training.params.dataset, 'test', context));
    await writeWhole(outputFile(files, previewFile).path, await previewSheet({ ...training, weights }, images, 1));
  };
}

import { join } from 'node:path';
import { lossFigure, smoothed, type LossCurve, type Losses } from '@elucidate/figures/figures/loss-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pngOf } from '@elucidate/figures/png';
import type { CellDetail, CellStage, CellTrial } from '@elucidate/store/queries/cell-detail';
import type { Answers } from './answers.js';
import { fileSeeds } from './cell-files.js';
import { makeFolder, saveFile, writeOut } from './write-out.js';

/** Outputs worth a file of their own, and how it is called. */
const kept: Readonly<Record<string, string>> = { weights: 'weights.safetensors', losses: 'losses.json', previews: 'previews.png', sheet: 'samples.png', neighbours: 'nearest-training-images.png', levels: 'levels.json' };

/** "train-1", "sample-1-2": the kind of a stage and the seeds of its first trial. */
function nameOf({ id, kind }: CellStage, { trials }: CellDetail): string {
  const first = trials.find(({ stages }) => Object.values(stages).includes(id))!;
  const role = Object.entries(first.stages).find(([, stage]) => stage === id)![0];
  return [role, first.trainSeed, ...(fileSeeds[kind] === 'train and sample' ? [first.sampleSeed] : [])].join('-');
}

/** Writes an artifact to a file. A file that cannot be written is 'request.invalid' or 'disk.full'. */
export const saveArtifact = (answers: Answers, hash: string, path: string): Promise<void> => writeOut(answers.artifact(hash), path);

/** The sample sheet of the first trial of a configuration that has one, and the sheet of nearest training images beside it where there is one. */
export function firstSheet({ trials, stages }: CellDetail): { trial: CellTrial; hash: string; neighbours?: string } | undefined {
  const outputOf = (stage: string | undefined, output: string) => stages.find(({ id, state }) => id === stage && state === 'done')?.outputs.find(({ name }) => name === output)?.hash;
  for (const trial of trials) {
    const [hash, neighbours] = [outputOf(trial.stages.sample, 'sheet'), outputOf(trial.stages.score, 'neighbours')];
    if (hash !== undefined) return { trial, hash, ...(neighbours !== undefined && { neighbours }) };
  }
  return undefined;
}

async function lossesOf(answers: Answers, hash: string): Promise<LossCurve> {
  const parts: Uint8Array[] = [];
  for await (const part of answers.artifact(hash)) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString()) as LossCurve;
}

/** Saves the weights, losses, previews and samples of a configuration, and a picture of the losses. Returns the paths. */
export async function saveCell(answers: Answers, detail: CellDetail, dir: string): Promise<string[]> {
  await makeFolder(dir);
  const paths: string[] = [];
  const runs: Losses['runs'][number][] = [];
  for (const stage of detail.stages.filter(({ kind, state }) => fileSeeds[kind] !== undefined && state === 'done')) {
    const name = nameOf(stage, detail);
    for (const { name: output, hash } of stage.outputs.filter((one) => kept[one.name] !== undefined)) {
      const path = join(dir, `${name}-${kept[output]!}`);
      await saveArtifact(answers, hash, path);
      paths.push(path);
      if (output === 'losses' && stage.kind === 'train') runs.push({ label: name.replace('-', ' seed '), facet: null, points: smoothed(await lossesOf(answers, hash)) });
    }
  }
  // an exact denoiser has learnt nothing
  if (runs.every(({ points }) => points.length === 0)) return paths;
  const svg = lineChart(lossFigure({ sweepName: detail.sweepName, runs, done: runs.length }));
  const pictures = [['losses.svg', svg], ['losses.png', await pngOf(svg)]] as const;
  for (const [name, content] of pictures) await saveFile(join(dir, name), content);
  return [...paths, ...pictures.map(([name]) => join(dir, name))];
}

import { join } from 'node:path';
import { lossFigure, type LossCurve } from '@elucidate/figures/figures/loss-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { pngOf } from '@elucidate/figures/png';
import type { CellDetail, CellStage, CellTrial } from '@elucidate/store/queries/cell-detail';
import type { Answers } from './answers.js';
import { makeFolder, saveFile, writeOut } from './write-out.js';

/** Outputs worth a file of their own, and how it is called. */
const kept: Readonly<Record<string, string>> = { weights: 'weights.safetensors', losses: 'losses.json', previews: 'previews.png', sheet: 'samples.png' };

const kinds: ReadonlySet<string> = new Set(['train', 'noise-level', 'sample']);

/** "train-1", "sample-1-2": the kind of a stage and the seeds of its first trial. */
function nameOf({ id, kind }: CellStage, { trials }: CellDetail): string {
  const first = trials.find(({ stages }) => Object.values(stages).includes(id))!;
  const role = Object.entries(first.stages).find(([, stage]) => stage === id)![0];
  return [role, first.trainSeed, ...(kind === 'sample' ? [first.sampleSeed] : [])].join('-');
}

/** Writes an artifact to a file. A file that cannot be written is 'request.invalid' or 'disk.full'. */
export const saveArtifact = (answers: Answers, hash: string, path: string): Promise<void> => writeOut(answers.artifact(hash), path);

/** The sample sheet of the first trial of a configuration that has one. */
export function firstSheet({ trials, stages }: CellDetail): { trial: CellTrial; hash: string } | undefined {
  for (const trial of trials) {
    const sheet = stages.find(({ id, state }) => id === trial.stages.sample && state === 'done')?.outputs.find(({ name }) => name === 'sheet');
    if (sheet !== undefined) return { trial, hash: sheet.hash };
  }
  return undefined;
}

async function lossesOf(answers: Answers, hash: string): Promise<Omit<LossCurve, 'label'>> {
  const parts: Uint8Array[] = [];
  for await (const part of answers.artifact(hash)) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString()) as Omit<LossCurve, 'label'>;
}

/** Saves the weights, losses, previews and samples of a configuration, and a picture of the losses. Returns the paths. */
export async function saveCell(answers: Answers, detail: CellDetail, dir: string): Promise<string[]> {
  await makeFolder(dir);
  const paths: string[] = [];
  const curves: LossCurve[] = [];
  for (const stage of detail.stages.filter(({ kind, state }) => kinds.has(kind) && state === 'done')) {
    const name = nameOf(stage, detail);
    for (const { name: output, hash } of stage.outputs.filter((one) => kept[one.name] !== undefined)) {
      const path = join(dir, `${name}-${kept[output]!}`);
      await saveArtifact(answers, hash, path);
      paths.push(path);
      if (output === 'losses' && stage.kind === 'train') curves.push({ label: name.replace('-', ' seed '), ...await lossesOf(answers, hash) });
    }
  }
  // an exact denoiser has learnt nothing
  if (curves.every(({ losses }) => losses.length === 0)) return paths;
  const svg = lineChart(lossFigure(curves, detail.sweepName));
  const pictures = [['losses.svg', svg], ['losses.png', await pngOf(svg)]] as const;
  for (const [name, content] of pictures) await saveFile(join(dir, name), content);
  return [...paths, ...pictures.map(([name]) => join(dir, name))];
}

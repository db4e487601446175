import { join, resolve } from 'node:path';
import { configLabel, digits, shortId } from '@elucidate/experiment/estimate-text';
import { jsonOf } from '@elucidate/experiment/printable';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { homeOf } from '@elucidate/shell/home';
import { fileWords } from '../file-words.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { firstSheet, saveArtifact } from '../save-cell.js';
import { apartText } from './show.js';
import { sweepIdOf } from '../sweep-called.js';
import { makeFolder } from '../write-out.js';

export interface SamplesOptions extends SourceOptions {
  /** The best so many. */
  top: number;
  metric?: string;
  out?: string;
  json?: boolean;
}

/** Saves the sample sheets, and those of the nearest training images where these were looked for, of the best configurations of a sweep, by default of the newest. */
export async function samples(id: string | undefined, { top, metric, out, json = false, ...source }: SamplesOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const sweepId = await sweepIdOf(answers, id);
    const groups = await answers.leaderboard(sweepId, metric);
    const scored = groups.filter(({ evaluator }) => evaluator !== null);
    if (scored.length > 1) console.error(apartText(scored));
    const [board] = groups;
    const rows = (board?.rows ?? []).slice(0, top);
    const keys = varyingKeys((board?.rows ?? []).map(({ config }) => config));
    const dir = resolve(out ?? join(homeOf().dir, 'results', sweepId, 'samples'));
    await makeFolder(dir);
    const saved: { path: string; neighbours: string | null; rank: number | null; cell: string; score: number | null; trainSeed: number; sampleSeed: number }[] = [];
    for (const { cellId, rank, config, metrics } of rows) {
      const sampled = firstSheet(await answers.cell(cellId, sweepId));
      if (sampled === undefined) continue;
      const score = (board?.metric == null ? undefined : metrics[board.metric]?.mean) ?? null;
      const words = [rank === null ? 'unranked' : String(rank).padStart(2, '0'), ...(score === null ? [] : [`${board!.metric}-${digits(board!.metric!, score)}`]), ...keys.map((key) => configLabel(key, config[key]))];
      const path = join(dir, `${fileWords(words)}-${shortId(cellId)}.png`);
      await saveArtifact(answers, sampled.hash, path);
      const neighbours = sampled.neighbours === undefined ? null : path.replace(/\.png$/, '-nearest.png');
      if (neighbours !== null) await saveArtifact(answers, sampled.neighbours!, neighbours);
      saved.push({ path, neighbours, rank, cell: cellId, score, trainSeed: sampled.trial.trainSeed, sampleSeed: sampled.trial.sampleSeed });
    }
    console.log(json ? jsonOf({ sweepId, samples: saved }) : saved.flatMap(({ path, neighbours }) => [path, ...(neighbours === null ? [] : [neighbours])]).join('\n') || `No configuration of sweep ${sweepId} has samples.`);
  });
}

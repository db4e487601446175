import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { configLabel } from '@elucidate/experiment/estimate-text';
import type { LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { ignoreUndrawable } from '@elucidate/report/undrawable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { drawPlot, plotFiles } from './draw-plot.js';
import { fileWords } from './file-words.js';
import { firstSheet, saveArtifact } from './save-cell.js';
import { saveFile } from './write-out.js';

export interface SavedFile {
  what: string;
  path: string;
}

export interface PictureOptions {
  sweep: Pick<SweepDetail, 'id'>;
  leaderboard: readonly LeaderboardGroup[];
  dir: string;
}

/** Writes a sweep's report, the pictures of what it varies, and the samples of its best and its worst configuration into a folder. */
export async function savePictures(answers: Answers, { sweep, leaderboard, dir }: PictureOptions): Promise<SavedFile[]> {
  const report = join(dir, 'report.html');
  await saveFile(report, await answers.report(sweep.id));
  const plots = await savePlots(answers, sweep.id, dir);
  const rows = leaderboard.flatMap((group) => group.rows);
  const ranked = (leaderboard[0]?.rows ?? []).filter(({ rank }) => rank !== null);
  const keys = varyingKeys(rows.map(({ config }) => config));
  const ends = [['best samples', ranked[0]], ['worst samples', ranked.length > 1 ? ranked.at(-1) : undefined]] as const;
  const saved = [];
  for (const [what, row] of ends) if (row !== undefined) saved.push(await saveSheet(answers, row, { what, keys, dir }));
  return [{ what: 'report', path: report }, ...plots, ...saved.filter((file) => file !== null)];
}

/** The pictures of what a sweep varies, as far as they can be drawn; none before a trial has ended. */
async function savePlots(answers: Answers, sweepId: string, dir: string): Promise<SavedFile[]> {
  const saved: SavedFile[] = [];
  for (const request of await answers.plots(sweepId)) {
    const plot = await answers.plot(sweepId, request).catch(ignoreUndrawable);
    if (plot === undefined) continue;
    const files = plotFiles(plot, dir);
    await drawPlot(plot, {}, files);
    saved.push(...files.map((path) => ({ what: 'picture', path })));
  }
  return saved;
}

async function saveSheet(answers: Answers, row: LeaderboardRow, { what, keys, dir }: { what: string; keys: readonly string[]; dir: string }): Promise<SavedFile | null> {
  const sheet = firstSheet(await answers.cell(row.cellId, row.sweepId));
  if (sheet === undefined) return null;
  const path = join(dir, `${fileWords([what.split(' ')[0]!, ...keys.map((key) => configLabel(key, row.config[key]))])}.png`);
  // a file that is gone or corrupt is left out
  return saveArtifact(answers, sheet.hash, path).then(() => ({ what, path }), (error: unknown) => {
    if (error instanceof ElucidateError && ['artifact.missing', 'artifact.corrupt'].includes(error.code)) return null;
    throw error;
  });
}

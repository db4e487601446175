import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { configLabel } from '@elucidate/experiment/estimate-text';
import type { LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { drawPlot, plotFiles } from './draw-plot.js';
import { saveArtifact } from './save-cell.js';
import { unwritable } from './write-out.js';

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
  const text = await answers.report(sweep.id);
  await mkdir(dir, { recursive: true }).then(() => writeFile(report, text)).catch((cause: NodeJS.ErrnoException) => Promise.reject(unwritable(report, cause)));
  const plots = await savePlots(answers, sweep.id, dir);
  const rows = leaderboard.flatMap((group) => group.rows);
  const ranked = (leaderboard[0]?.rows ?? []).filter(({ rank }) => rank !== null);
  const keys = varyingKeys(rows.map(({ config }) => config));
  const ends = [['best samples', ranked[0]], ['worst samples', ranked.length > 1 ? ranked.at(-1) : undefined]] as const;
  const saved = [];
  for (const [what, row] of ends) if (row !== undefined) saved.push(await saveSheet(answers, row, { what, keys, dir }));
  return [{ what: 'report', path: report }, ...plots, ...saved.filter((file) => file !== null)];
}

/** The pictures of what a sweep varies; none before a trial has ended. */
async function savePlots(answers: Answers, sweepId: string, dir: string): Promise<SavedFile[]> {
  const saved: SavedFile[] = [];
  for (const request of await answers.plots(sweepId)) {
    const plot = await answers.plot(sweepId, request).catch((error: unknown) => {
      if (error instanceof ElucidateError && error.code === 'not_found') return undefined;
      throw error;
    });
    if (plot === undefined) continue;
    const files = plotFiles(plot, dir);
    await drawPlot(plot, {}, files);
    saved.push(...files.map((path) => ({ what: 'picture', path })));
  }
  return saved;
}

async function saveSheet(answers: Answers, row: LeaderboardRow, { what, keys, dir }: { what: string; keys: readonly string[]; dir: string }): Promise<SavedFile | null> {
  const { trials, stages } = await answers.cell(row.cellId, row.sweepId);
  const sheet = trials.flatMap((trial) => stages.find(({ id, state }) => id === trial.stages.sample && state === 'done')?.outputs.find(({ name }) => name === 'sheet') ?? [])[0];
  if (sheet === undefined) return null;
  const words = [what.split(' ')[0], ...keys.map((key) => configLabel(key, row.config[key]))].join('-').replace(/[^A-Za-z0-9.]+/g, '-').replace(/-+$/, '');
  const path = join(dir, `${words}.png`);
  // a file that is gone or corrupt is left out
  return saveArtifact(answers, sheet.hash, path).then(() => ({ what, path }), (error: unknown) => {
    if (error instanceof ElucidateError && ['artifact.missing', 'artifact.corrupt'].includes(error.code)) return null;
    throw error;
  });
}

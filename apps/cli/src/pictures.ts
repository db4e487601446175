import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { labelOf } from '@elucidate/experiment/labels';
import type { LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import type { CellSheetRow } from '@elucidate/store/queries/report';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { ApiClient } from './api-client.js';

export interface SavedFile {
  what: string;
  path: string;
}

export interface PictureOptions {
  sweep: SweepDetail;
  leaderboard: readonly LeaderboardGroup[];
  dir: string;
}

/** Fetches the report and the sample sheets of the best and the worst configuration into a folder. */
export async function savePictures(api: ApiClient, { sweep, leaderboard, dir }: PictureOptions): Promise<SavedFile[]> {
  await mkdir(dir, { recursive: true });
  const report = join(dir, 'report.html');
  await writeFile(report, await api.text(`/v1/sweeps/${sweep.id}/report`));
  const ranked = (leaderboard[0]?.rows ?? []).filter(({ rank }) => rank !== null);
  const { sheets } = await api.get<{ sheets: CellSheetRow[] }>(`/v1/sweeps/${sweep.id}/sheets?limit=200`);
  const ends = [['best samples', ranked[0]], ['worst samples', ranked.length > 1 ? ranked.at(-1) : undefined]] as const;
  const saved = await Promise.all(ends.map(([what, row]) => (row === undefined ? null : saveSheet(api, row, { sheets, what, dir }))));
  return [{ what: 'report', path: report }, ...saved.filter((file) => file !== null)];
}

async function saveSheet(api: ApiClient, row: LeaderboardRow, { sheets, what, dir }: { sheets: readonly CellSheetRow[]; what: string; dir: string }): Promise<SavedFile | null> {
  const sheet = sheets.find(({ cellId }) => cellId === row.cellId);
  if (sheet === undefined) return null;
  const words = ['schedule', 'inputScale', 'sampler', 'steps'].map((key) => labelOf(key, row.config[key])).join('-').replace(/[^A-Za-z0-9.]+/g, '-').replace(/-+$/, '');
  const path = join(dir, `${what.split(' ')[0]}-${words}.png`);
  await writeFile(path, await api.bytes(`/v1/artifacts/${sheet.hash}`));
  return { what, path };
}

import { buffer } from 'node:stream/consumers';
import { tablesOf } from '@elucidate/experiment/ablations';
import { ElucidateError } from '@elucidate/experiment/errors';
import { labelOf } from '@elucidate/experiment/labels';
import { leaderboardGroups } from '@elucidate/experiment/leaderboard';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { AblationTable, LeaderboardEntry, LeaderboardGroup } from '@elucidate/experiment/tables';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { metricsOfSweep } from '@elucidate/store/queries/metrics';
import { lineChart } from '@elucidate/figures/line-chart';
import { cellSheets, provenanceOf } from '@elucidate/store/queries/report';
import type { CellSheetRow } from '@elucidate/store/queries/report';
import { trajectories } from '@elucidate/store/queries/trajectories';
import type { Principal } from '@elucidate/store/principal';
import { getSweep } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import type { HomeSheet } from './pages/home.js';
import type { ReportSheet, ReportInput } from './pages/report.js';
import { trajectoryFigures } from './trajectory-figures.js';

/** A report embeds its images, about 50 kB each; more would be too large for a browser or an e-mail. */
const maxSheets = 100;

/** "sampler heun, steps 20; seeds 1, 1": what distinguishes a cell from the others shown. */
function captions(sheets: readonly CellSheetRow[]): string[] {
  const keys = varyingKeys(sheets.map(({ config }) => config));
  return sheets.map(({ config, trainSeed, sampleSeed }) => {
    const parts = keys.filter((key) => config[key] !== undefined).map((key) => `${key} ${labelOf(key, config[key])}`);
    return `${parts.join(', ')}${parts.length > 0 ? '; ' : ''}train seed ${trainSeed}, sample seed ${sampleSeed}`;
  });
}

/** A sweep's configurations, best first, grouped by comparability. */
export const leaderboardOf = async (db: Store['db'], principal: Principal, sweepId: string): Promise<LeaderboardGroup[]> => leaderboardGroups(await leaderboard(db, principal, { sweepId }));

/** Addresses of a sweep's first previews. */
export async function homeSheets(db: Store['db'], sweepId: string, limit: number): Promise<HomeSheet[]> {
  const { sheets } = await cellSheets(db, { sweepId, limit });
  const captionList = captions(sheets);
  return sheets.map(({ hash }, i) => ({ hash, caption: captionList[i] ?? '' }));
}

async function reportSheets({ db, artifacts }: Store, sweepId: string): Promise<{ sheets: ReportSheet[]; sheetsLeftOut: number }> {
  const { sheets, total } = await cellSheets(db, { sweepId, limit: maxSheets });
  const captionList = captions(sheets);
  const shown: ReportSheet[] = [];
  for (const [i, { hash, stageId }] of sheets.entries()) {
    const png = await buffer(artifacts.openRead(hash)).catch(unlessReadable);
    if (png) shown.push({ caption: captionList[i] ?? '', stageId, png });
  }
  return { sheets: shown, sheetsLeftOut: total - shown.length };
}

/** A report does without a picture whose file is gone or corrupt. */
function unlessReadable(error: unknown): undefined {
  if (error instanceof ElucidateError && ['artifact.missing', 'artifact.corrupt'].includes(error.code)) return undefined;
  throw error;
}

/** The tables that have more than one entry and at least one result. */
async function reportTables(db: Store['db'], sweepId: string, board: readonly LeaderboardEntry[]): Promise<AblationTable[]> {
  const varying = varyingKeys(board.map(({ config }) => config));
  const metrics = await metricsOfSweep(db, sweepId);
  const questions = tablesOf(varying).flatMap((name) => metrics.map((metric) => ({ sweepId, name, metric })));
  const tables = await Promise.all(questions.map((question) => ablationTable(db, question)));
  return tables.filter(({ rows, columns, cells }) => rows.length * columns.length > 1 && cells.flat().some((cell) => cell !== null));
}

/** The contents of a sweep's report. */
export async function gatherReport(store: Store, sweepId: string, principal: Principal): Promise<ReportInput> {
  const sweep = (await getSweep(store.db, sweepId, principal))!;
  const board = await leaderboard(store.db, principal, { sweepId });
  const [tables, sheets, provenance, scored] = await Promise.all([
    reportTables(store.db, sweepId, board), reportSheets(store, sweepId), provenanceOf(store.db, { sweepId }), trajectories(store.db, { sweepId }),
  ]);
  const charts = trajectoryFigures(scored).map((figure) => ({ title: figure.title, svg: lineChart(figure) }));
  return { sweep, leaderboard: leaderboardGroups(board), tables, charts, ...sheets, provenance: provenance.map((row) => ({ ...row, provenance: row.provenance && { ...row.provenance } })) };
}

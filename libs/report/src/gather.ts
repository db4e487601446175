import { buffer } from 'node:stream/consumers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { labelOf } from '@elucidate/experiment/labels';
import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import { ablationTable, tableSize } from '@elucidate/store/queries/ablation';
import { failuresOf } from '@elucidate/store/queries/failures';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { rankings } from '@elucidate/store/queries/leaderboard-scope';
import { metricsOfSweep } from '@elucidate/store/queries/metrics';
import { metricFigure } from '@elucidate/figures/figures/metric-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { cellSheets, provenanceOf } from '@elucidate/store/queries/report';
import type { CellSheetRow } from '@elucidate/store/queries/report';
import { trajectories } from '@elucidate/store/queries/trajectories';
import type { Principal } from '@elucidate/store/principal';
import { sweepPlot, sweepPlots } from '@elucidate/store/queries/sweep-plot';
import { sweepTables } from '@elucidate/store/queries/sweep-tables';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import type { ReportSheet, ReportInput } from './report.js';
import { trajectoryFigures } from './trajectory-figures.js';
import { ignoreUndrawable } from './undrawable.js';

/** A report embeds its images, about 50 kB each; more would be too large for a browser or an e-mail. */
const maxSheets = 48;
const shownRows = 100;
/** Curves in a picture; more could not be told apart. */
const shownCurves = 200;
/** Tables in a report, and entries of each: what fits on a page that people read. */
const [maxTables, maxEntries] = [24, 1000];

/** A sample sheet by its artifact. */
export interface CaptionedSheet {
  caption: string;
  /** Artifact of the PNG. */
  hash: string;
}

/** "sampler heun, steps 20; seeds 1, 1": what distinguishes a cell from the others shown. */
function captions(sheets: readonly CellSheetRow[]): string[] {
  const keys = varyingKeys(sheets.map(({ config }) => config));
  return sheets.map(({ config, trainSeed, sampleSeed }) => {
    const parts = keys.filter((key) => config[key] !== undefined).map((key) => `${key} ${labelOf(key, config[key])}`);
    return `${parts.join(', ')}${parts.length > 0 ? '; ' : ''}train seed ${trainSeed}, sample seed ${sampleSeed}`;
  });
}

/** A sweep's configurations, best first, grouped by comparability. */
export const leaderboardOf = async (db: Store['db'], principal: Principal, sweepId: string): Promise<LeaderboardGroup[]> => joinPages([await leaderboard(db, principal, { sweepId, limit: shownRows })]);

/** Addresses of a sweep's first previews. */
export async function homeSheets(db: Store['db'], sweepId: string, limit: number): Promise<CaptionedSheet[]> {
  const { sheets } = await cellSheets(db, { sweepId, limit });
  const captionList = captions(sheets);
  return sheets.map(({ hash }, i) => ({ hash, caption: captionList[i] ?? '' }));
}

async function reportSheets({ db, artifacts }: Store, sweepId: string): Promise<Pick<ReportInput, 'sheets' | 'unreadableSheets' | 'sheetsCut'>> {
  const { sheets, nextCursor } = await cellSheets(db, { sweepId, limit: maxSheets });
  const captionList = captions(sheets);
  const shown: ReportSheet[] = [];
  for (const [i, { hash, stageId }] of sheets.entries()) {
    const png = await buffer(artifacts.openRead(hash)).catch(ignoreUnreadable);
    if (png) shown.push({ caption: captionList[i] ?? '', stageId, png });
  }
  return { sheets: shown, unreadableSheets: sheets.length - shown.length, sheetsCut: nextCursor !== null };
}

/** A report does without a picture whose file is gone or corrupt. */
function ignoreUnreadable(error: unknown): undefined {
  if (error instanceof ElucidateError && ['artifact.missing', 'artifact.corrupt'].includes(error.code)) return undefined;
  throw error;
}

/** The tables that vary and have a result, one after another, since a report must not take every connection; of those that are too large the size only. */
async function reportTables(db: Store['db'], sweepId: string): Promise<Pick<ReportInput, 'tables' | 'largeTables' | 'tablesOf' | 'tablesRead'>> {
  const [names, metrics] = [await sweepTables(db, sweepId), await metricsOfSweep(db, sweepId)];
  const wanted = names.flatMap((name) => metrics.map((metric) => ({ name, metric })));
  const tables: AblationTable[] = [];
  const largeTables: ReportInput['largeTables'][number][] = [];
  const read = wanted.slice(0, maxTables);
  for (const { name, metric } of read) {
    const size = await tableSize(db, { sweepId, name });
    if (size.rows * size.columns > maxEntries) {
      largeTables.push({ name, metric, ...size });
      continue;
    }
    const table = await ablationTable(db, { sweepId, name, metric });
    if (table.rows.length * table.columns.length > 1 && table.cells.some((row) => row.some((cell) => cell !== null))) tables.push(table);
  }
  return { tables, largeTables, tablesOf: wanted.length, tablesRead: read.length };
}

/** The pictures of what varies, as far as they can be drawn; none before a trial has ended. */
async function reportPictures(db: Store['db'], sweepId: string): Promise<ReportInput['pictures']> {
  const pictures: ReportInput['pictures'][number][] = [];
  for (const request of await sweepPlots(db, sweepId)) {
    const plot = await sweepPlot(db, { sweepId, ...request }).catch(ignoreUndrawable);
    if (plot === undefined) continue;
    const figure = metricFigure(plot);
    pictures.push({ title: figure.title, svg: lineChart(figure) });
  }
  return pictures;
}

/** Whether a sweep varies anything and has a score of its first metric to draw. Reads no cell. */
export const hasPicture = async (db: Store['db'], sweepId: string): Promise<boolean> =>
  (await sweepPlots(db, sweepId)).length > 0 && (await rankings(db, { sweepId, owner: null }, (await metricsOfSweep(db, sweepId))[0])).length > 0;

/** The contents of a sweep's report. What it reads is bounded, whatever the size of the sweep. */
export async function gatherReport(store: Store, sweep: SweepDetail, principal: Principal): Promise<ReportInput> {
  const [{ db }, sweepId] = [store, sweep.id];
  const board = await leaderboard(db, principal, { sweepId, limit: shownRows });
  const pictures = await reportPictures(db, sweepId);
  const tables = await reportTables(db, sweepId);
  const sheets = await reportSheets(store, sweepId);
  const failures = await failuresOf(db, sweepId);
  const provenance = await provenanceOf(db, { sweepId });
  const charts = trajectoryFigures(await trajectories(db, { sweepId, cells: shownCurves })).map((figure) => ({ title: figure.title, svg: lineChart(figure) }));
  return { sweep, leaderboard: joinPages([board]), leaderboardCut: board.nextCursor !== null, pictures, ...tables, charts, ...sheets, failures, provenance: provenance.map((row) => ({ ...row, provenance: row.provenance && { ...row.provenance } })) };
}

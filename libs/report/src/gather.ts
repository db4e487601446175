import { buffer } from 'node:stream/consumers';
import type { AblationName } from '@elucidate/experiment/ablations';
import { ElucidateError } from '@elucidate/experiment/errors';
import { everyTable } from '@elucidate/experiment/every-table';
import { labelOf } from '@elucidate/experiment/labels';
import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { AblationTable } from '@elucidate/experiment/tables';
import { ablationTable, tableSize } from '@elucidate/store/queries/ablation';
import { failuresOf } from '@elucidate/store/queries/failures';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { metricsOfSweep } from '@elucidate/store/queries/metrics';
import type { Figure } from '@elucidate/figures/figure';
import { effectsFigure } from '@elucidate/figures/figures/effects-figure';
import { metricFigure } from '@elucidate/figures/figures/metric-figure';
import { parallelFigure } from '@elucidate/figures/figures/parallel-figure';
import { trajectoryFigure } from '@elucidate/figures/figures/trajectory-figure';
import { lineChart } from '@elucidate/figures/line-chart';
import { cellSheets, provenanceOf } from '@elucidate/store/queries/report';
import type { CellSheetRow } from '@elucidate/store/queries/report';
import { sweepTrajectories } from '@elucidate/store/queries/trajectories';
import type { Principal } from '@elucidate/store/principal';
import { sweepEffects, type EffectsWork } from '@elucidate/store/queries/sweep-effects';
import { sweepParallel } from '@elucidate/store/queries/sweep-parallel';
import { sweepLadder } from '@elucidate/store/queries/sweep-ladder';
import { sweepPlot, sweepPlots } from '@elucidate/store/queries/sweep-plot';
import { sweepTables } from '@elucidate/store/queries/sweep-tables';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import type { ReportSheet, ReportInput } from './report.js';
import { ignoreUndrawable } from './undrawable.js';

/** A report embeds its images, about 50 kB each: those of a sweep that has no more than `maxSheets`, else a few to look at, since they cannot show the sweep anyway. */
const [maxSheets, someSheets] = [48, 12];
const shownRows = 100;
/** Lines of parallel coordinates: more are a grey area. */
const shownLines = 200;
/** Tables in a report, and entries of each: what fits on a page that people read. */
const [maxTables, maxEntries] = [24, 1000];

/** "sampler heun, steps 20; seeds 1, 1": what distinguishes a cell from the others shown. */
function captions(sheets: readonly CellSheetRow[]): string[] {
  const keys = varyingKeys(sheets.map(({ config }) => config));
  return sheets.map(({ config, trainSeed, sampleSeed }) => {
    const parts = keys.filter((key) => config[key] !== undefined).map((key) => `${key} ${labelOf(key, config[key])}`);
    return `${parts.join(', ')}${parts.length > 0 ? '; ' : ''}train seed ${trainSeed}, sample seed ${sampleSeed}`;
  });
}

async function reportSheets({ db, artifacts }: Store, sweepId: string): Promise<Pick<ReportInput, 'sheets' | 'unreadableSheets' | 'sheetsCut'>> {
  const { sheets: first, nextCursor } = await cellSheets(db, { sweepId, limit: maxSheets });
  const sheets = nextCursor === null ? first : first.slice(0, someSheets);
  const captionList = captions(sheets);
  const shown: ReportSheet[] = [];
  for (const [i, { hash, stageId, neighbours: nearest }] of sheets.entries()) {
    const png = await buffer(artifacts.openRead(hash)).catch(ignoreUnreadable);
    const neighbours = nearest === null ? undefined : await buffer(artifacts.openRead(nearest)).catch(ignoreUnreadable);
    if (png) shown.push({ caption: captionList[i] ?? '', stageId, png, ...(neighbours && { neighbours }) });
  }
  return { sheets: shown, unreadableSheets: sheets.length - shown.length, sheetsCut: nextCursor !== null };
}

/** A report does without a picture whose file is gone or corrupt. */
function ignoreUnreadable(error: unknown): undefined {
  if (error instanceof ElucidateError && ['artifact.missing', 'artifact.corrupt'].includes(error.code)) return undefined;
  throw error;
}

interface WantedTable {
  name: AblationName;
  metric: string;
}

type Fixed = AblationTable['fixed'];

/** Tables one after another: those of one name of all metrics at the same place, the one that the first has. */
export async function* tablesAtOnePlace<W extends Pick<WantedTable, 'name'>>(wanted: readonly W[], tablesAt: (table: W, fixed: Fixed | undefined) => Promise<readonly [AblationTable, ...AblationTable[]]>): AsyncGenerator<AblationTable> {
  const places = new Map<string, Fixed>();
  for (const table of wanted) {
    const all = await tablesAt(table, places.get(table.name));
    const [{ fixed, choices }] = all;
    if (!places.has(table.name)) places.set(table.name, Object.fromEntries(Object.entries(fixed).filter(([key]) => choices[key] !== undefined)));
    yield* all;
  }
}

/** The tables that vary and have a result, one after another, since a report must not take every connection; of those that are too large the size only. */
async function reportTables(db: Store['db'], sweepId: string): Promise<Pick<ReportInput, 'tables' | 'largeTables' | 'tablesOf' | 'tablesRead'>> {
  const [names, metrics] = [await sweepTables(db, sweepId), await metricsOfSweep(db, sweepId)];
  const wanted = names.flatMap((name) => metrics.map((metric): WantedTable => ({ name, metric })));
  const tables: AblationTable[] = [];
  const largeTables: ReportInput['largeTables'][number][] = [];
  const read = wanted.slice(0, maxTables);
  const small: WantedTable[] = [];
  for (const table of read) {
    const size = await tableSize(db, { sweepId, name: table.name });
    if (size.rows * size.columns > maxEntries) largeTables.push({ ...table, ...size });
    else small.push(table);
  }
  for await (const table of tablesAtOnePlace(small, ({ name, metric }, fixed) => everyTable((scores) => ablationTable(db, { sweepId, name, metric, scores, fixed })))) {
    if (table.rows.length * table.columns.length > 1 && table.cells.flat().some((cell) => cell !== null)) tables.push(table);
  }
  return { tables, largeTables, tablesOf: wanted.length, tablesRead: read.length };
}

const drawn = (figure: Figure): ReportInput['pictures'][number] => ({ title: figure.title, svg: lineChart(figure) });

/** The pictures of what varies, as far as they can be drawn; none before a trial has ended. */
async function reportPictures(db: Store['db'], sweepId: string): Promise<ReportInput['pictures']> {
  const pictures: ReportInput['pictures'][number][] = [];
  for (const request of await sweepPlots(db, sweepId)) {
    const plot = await sweepPlot(db, { sweepId, ...request }).catch(ignoreUndrawable);
    if (plot === undefined) continue;
    pictures.push(drawn(metricFigure(plot)));
  }
  const parallel = await sweepParallel(db, { sweepId, most: shownLines }).catch(ignoreUndrawable);
  if (parallel !== undefined && parallel.axes.length > 1) pictures.push(drawn(parallelFigure(parallel)));
  return pictures;
}

/** What matters, where several parameters vary and their effects can be told apart. */
async function reportEffects(db: Store['db'], sweepId: string, work: EffectsWork | undefined): Promise<ReportInput['effects']> {
  const found = await sweepEffects(db, { sweepId }, work).catch(ignoreUndrawable);
  return found === undefined || found.parameters.length < 2 ? null : { found, svg: lineChart(effectsFigure(found)) };
}

/** Configurations one change at a time, where the sweep's file lists them. */
const reportLadder = (db: Store['db'], sweepId: string): Promise<ReportInput['ladder']> => sweepLadder(db, { sweepId }).catch(ignoreUndrawable).then((found) => found ?? null);

export interface ReportReader {
  principal: Principal;
  /** Works out the effects; default: here. */
  effectsOf?: EffectsWork;
}

/** The contents of a sweep's report. What it has in memory is bounded, whatever the size of the sweep. Every cell's estimate is read for parallel coordinates, and for each table where scores of another evaluator or n are left out. */
export async function gatherReport(store: Store, sweep: SweepDetail, { principal, effectsOf }: ReportReader): Promise<ReportInput> {
  const [{ db }, sweepId] = [store, sweep.id];
  const board = await leaderboard(db, principal, { sweepId, limit: shownRows });
  const pictures = await reportPictures(db, sweepId);
  const tables = await reportTables(db, sweepId);
  const effects = await reportEffects(db, sweepId, effectsOf);
  const ladder = await reportLadder(db, sweepId);
  const sheets = await reportSheets(store, sweepId);
  const failures = await failuresOf(db, sweepId);
  const provenance = await provenanceOf(db, { sweepId });
  const charts = (await sweepTrajectories(db, { sweepId })).map(trajectoryFigure).map(drawn);
  return { sweep, leaderboard: joinPages([board]), leaderboardCut: board.nextCursor !== null, pictures, ...tables, effects, ladder, charts, ...sheets, failures, provenance: provenance.map((row) => ({ ...row, provenance: row.provenance && { ...row.provenance } })) };
}

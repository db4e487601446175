import { tablesOf } from '@elucidate/experiment/ablations';
import { labelOf } from '@elucidate/experiment/labels';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { AblationTable, ScoreMetric } from '@elucidate/experiment/tables';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { lineChart } from '@elucidate/figures/line-chart';
import { cellGrids, provenanceOf } from '@elucidate/store/queries/report';
import type { CellGridRow } from '@elucidate/store/queries/report';
import { trajectories } from '@elucidate/store/queries/trajectories';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Store } from '@elucidate/store/store';
import { groupRows } from './leaderboard-groups.js';
import type { HomeGrid } from './pages/home.js';
import type { ReportGrid, ReportInput } from './pages/report.js';
import { trajectoryFigures } from './trajectory-figures.js';

/** A report holds its images; at about 50 kB each this many are what a browser and a mail still take. */
const maxGrids = 100;
const metrics: readonly ScoreMetric[] = ['fid', 'kid'];

/** "sampler heun, steps 20; seeds 1, 1": what tells a cell from the others shown. */
function captions(grids: readonly CellGridRow[]): string[] {
  const keys = varyingKeys(grids.map(({ config }) => config));
  return grids.map(({ config, trainSeed, sampleSeed }) => {
    const told = keys.filter((key) => config[key] !== undefined).map((key) => `${key} ${labelOf(key, config[key])}`);
    return `${told.join(', ')}${told.length > 0 ? '; ' : ''}train seed ${trainSeed}, sample seed ${sampleSeed}`;
  });
}

/** A sweep's configurations, group after group. */
export const leaderboardOf = async (db: Store['db'], sweepId: string) => groupRows(await leaderboard(db, { sweepId })).flatMap(({ rows }) => rows);

/** Addresses of a sweep's first previews. */
export async function homeGrids(db: Store['db'], sweepId: string, limit: number): Promise<HomeGrid[]> {
  const { grids } = await cellGrids(db, { sweepId, limit });
  const told = captions(grids);
  return grids.map(({ hash }, i) => ({ hash, caption: told[i] ?? '' }));
}

async function reportGrids({ db, artifacts }: Store, sweepId: string): Promise<{ grids: ReportGrid[]; gridsLeftOut: number }> {
  const { grids, total } = await cellGrids(db, { sweepId, limit: maxGrids });
  const told = captions(grids);
  const held = await Promise.all(grids.map(async ({ hash, stageId }, i) => ((await artifacts.has(hash)) ? [{ caption: told[i] ?? '', stageId, png: await artifacts.read(hash) }] : [])));
  const shown = held.flat();
  return { grids: shown, gridsLeftOut: total - shown.length };
}

/** The tables in which something varies and something has been measured. */
async function reportTables(db: Store['db'], sweepId: string): Promise<AblationTable[]> {
  const varying = varyingKeys((await leaderboard(db, { sweepId })).map(({ config }) => config));
  const questions = tablesOf(varying).flatMap((name) => metrics.map((metric) => ({ sweepId, name, metric })));
  const tables = await Promise.all(questions.map((question) => ablationTable(db, question)));
  return tables.filter(({ rows, columns, cells }) => rows.length * columns.length > 1 && cells.flat().some((cell) => cell !== null));
}

/** Everything the report of a sweep tells. */
export async function gatherReport(store: Store, sweep: SweepDetail): Promise<ReportInput> {
  const { id: sweepId } = sweep;
  const [board, tables, grids, provenance, walked] = await Promise.all([
    leaderboardOf(store.db, sweepId), reportTables(store.db, sweepId), reportGrids(store, sweepId), provenanceOf(store.db, { sweepId }), trajectories(store.db, { sweepId }),
  ]);
  const charts = trajectoryFigures(walked).map((figure) => ({ title: figure.title, svg: lineChart(figure) }));
  return { sweep, leaderboard: board, tables, charts, ...grids, provenance: provenance.map((row) => ({ ...row, provenance: row.provenance && { ...row.provenance } })) };
}

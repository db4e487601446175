import { labelOf } from '@elucidate/experiment/labels';
import type { PaperTable } from '@elucidate/experiment/ablations';
import type { AblationTable, Estimate, LeaderboardRow, ScoreMetric } from '@elucidate/experiment/tables';
import type { Installation } from './installation.js';

/** What the API should answer, worked out here from the database. */

type Sql = Installation['sql'];

const estimateSql = (metric: ScoreMetric): string =>
  `json_build_object('mean', ${metric}_mean, 'spread', ${metric}_stddev, 'min', ${metric}_min, 'count', ${metric}_count) as ${metric}`;

/** A sweep's rows of the view `leaderboard`, by cell. */
export const leaderboardRows = (sql: Sql, sweepId: string): Promise<LeaderboardRow[]> => sql(`
  select sweep_id as "sweepId", cell_id as "cellId", rank::int, config, ${estimateSql('fid')}, ${estimateSql('kid')}, n, nfe, evaluator,
    train_seeds as "trainSeeds", sample_seeds as "sampleSeeds", fid_floor as "fidFloor", kid_floor as "kidFloor", levels_outside_training as "levelsOutsideTraining"
  from leaderboard where sweep_id = $1 order by cell_id`, [sweepId]);

/** The FIDs of each cell's trials, straight from their score stages. */
export async function fidsByCell(sql: Sql, sweepId: string): Promise<Map<string, number[]>> {
  const rows = await sql<{ cellId: string; fids: number[] }>(`
    select t.cell_id as "cellId", array_agg(m.value) as fids
    from trials t join trial_stages s on s.trial_id = t.id and s.role = 'score' join metrics m on m.stage_id = s.stage_id and m.name = 'fid' where t.sweep_id = $1 group by 1`, [sweepId]);
  return new Map(rows.map(({ cellId, fids }) => [cellId, fids]));
}

interface Axes {
  view: string;
  /** Key of a cell's config, and the view's column. */
  row: readonly [key: string, column: string];
  column: readonly [key: string, column: string];
}

const axes: Record<PaperTable, Axes> = {
  'noise-schedule': { view: 'ablation_noise_schedule', row: ['schedule', 'schedule'], column: ['inputScale', 'input_scale'] },
  'input-scale': { view: 'ablation_input_scale', row: ['inputScale', 'input_scale'], column: ['schedule', 'schedule'] },
  sampler: { view: 'ablation_sampler', row: ['sampler', 'sampler'], column: ['steps', 'steps'] },
};

interface ViewRow extends Estimate {
  row: unknown;
  column: unknown;
  held: Record<string, unknown>;
  n: number;
  evaluator: string;
  floor: number;
}

/** "row / column" -> the number that belongs in a table of the papers, for those entries of the table's view that hold what the table holds. */
export async function tableEntries(sql: Sql, { sweepId, name, metric, held }: AblationTable): Promise<Record<string, unknown>> {
  const { view, row: [rowKey, row], column: [columnKey, column] } = axes[name as PaperTable];
  const found = await sql<ViewRow>(`
    select ${row} as row, ${column} as "column", held, mean, spread, min, trials::int as count, n, evaluator, floor
    from ${view} where sweep_id = $1 and metric = $2`, [sweepId, metric]);
  const shown = found.filter((entry) => Object.entries(held).every(([key, label]) => labelOf(key, entry.held[key]) === label));
  return Object.fromEntries(shown.map(({ mean, spread, min, count, ...entry }) => [`${labelOf(rowKey, entry.row)} / ${labelOf(columnKey, entry.column)}`, { mean, spread, min, count }]));
}

/** The entries of a table as the API answers it, in the same form. */
export const shownEntries = ({ rows, columns, cells }: AblationTable): Record<string, unknown> =>
  Object.fromEntries(rows.flatMap((row, i) => columns.map((column, j) => [`${row} / ${column}`, cells[i]?.[j]])));

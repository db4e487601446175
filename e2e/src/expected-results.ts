import { axesOf } from '@elucidate/experiment/ablations';
import { labelOf } from '@elucidate/experiment/labels';
import type { AblationTable, Estimate } from '@elucidate/experiment/tables';
import type { Installation } from './installation.js';

/** What the API should return, computed here from the metrics of the score stages. */

type Sql = Installation['sql'];

interface Score {
  cellId: string;
  config: Record<string, unknown>;
  metric: string;
  value: number;
  n: number;
  evaluator: string;
  real: number | null;
}

const scores = (sql: Sql, sweepId: string): Promise<Score[]> => sql(`
  select c.id as "cellId", c.config, m.name as metric, m.value, m.n, m.evaluator, r.value as real
  from trials t join cells c on c.sweep_id = t.sweep_id and c.id = t.cell_id
  join trial_stages s on s.trial_id = t.id and s.role = 'score' join metrics m on m.stage_id = s.stage_id
  left join metrics r on r.stage_id = s.stage_id and r.name = m.name || '_real'
  where t.sweep_id = $1 and m.name !~ '_' order by c.position, t.train_seed, t.sample_seed`, [sweepId]);

function estimateOf(trials: readonly Score[]): Estimate {
  const values = trials.map(({ value }) => value);
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const stddev = values.length < 2 ? null : Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
  const [{ n, real }] = trials as [Score];
  return { mean, stddev, min: Math.min(...values), max: Math.max(...values), count: values.length, diverged: 0, n, real };
}

/** Value of a key -> the scores that have it, in order. */
function grouped(found: readonly Score[], keyOf: (score: Score) => string): [string, Score[]][] {
  const groups = new Map<string, Score[]>();
  for (const score of found) groups.set(keyOf(score), [...(groups.get(keyOf(score)) ?? []), score]);
  return [...groups];
}

/** Cell -> metric -> its estimate over the cell's trials. */
export async function estimatesByCell(sql: Sql, sweepId: string): Promise<Record<string, Record<string, Estimate>>> {
  return Object.fromEntries(grouped(await scores(sql, sweepId), ({ cellId }) => cellId).map(([cell, own]) =>
    [cell, Object.fromEntries(grouped(own, ({ metric }) => metric).map(([metric, trials]) => [metric, estimateOf(trials)]))]));
}

/** "row / column" -> the estimate that belongs in a table, over the cells that match the table's fixed parameters. */
export async function tableEntries(sql: Sql, { sweepId, name, metric, fixed }: AblationTable): Promise<Record<string, Estimate>> {
  const { row, column } = axesOf(name)!;
  const own = (await scores(sql, sweepId)).filter((score) => score.metric === metric && Object.entries(fixed).every(([key, label]) => labelOf(key, score.config[key]) === label));
  return Object.fromEntries(grouped(own, ({ config }) => `${labelOf(row, config[row])} / ${labelOf(column, config[column])}`).map(([place, trials]) => [place, estimateOf(trials)]));
}

/** The entries of a table as the API returns it, in the same form. */
export const shownEntries = ({ rows, columns, cells }: AblationTable): Record<string, unknown> =>
  Object.fromEntries(rows.flatMap((row, i) => columns.map((column, j) => [`${row} / ${column}`, cells[i]?.[j]])));

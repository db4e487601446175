import type { Trial } from '@elucidate/statistics/trial';
import { rows, type Queryable } from '../queryable.js';

/** Scores of one cell that compare: evaluator '' and images 0 stand for null. */
export interface ScoredCell {
  sweepId: string;
  cellId: string;
  evaluator: string;
  images: number;
}

/** Cells of which single trials are read for a table or a picture; of more there are means only. */
export const mostTrialCells = 2000;

/** Metric -> the trials that have a finite score of it. */
export type CellTrials = ReadonlyMap<string, readonly Trial[]>;

/** The trials of these cells, of one metric or of all, cell by cell, in the order of their seeds: they stand in its estimates. */
export async function cellTrials(db: Queryable, cells: readonly ScoredCell[], metric?: string): Promise<CellTrials[]> {
  const found = await rows<{ place: number; metric: string; train: number[]; sample: number[]; value: number[] }>(db, `
    select given.place::integer as place, e.metric, e.trial_train_seeds as train, e.trial_sample_seeds as sample, e.trial_values as value
    from unnest($1::text[], $2::text[], $3::text[], $4::integer[]) with ordinality as given(sweep_id, cell_id, evaluator, images, place)
    -- "offset 0": each by index, whatever the planner thinks of their number
    cross join lateral (select * from cell_estimates where sweep_id = given.sweep_id and cell_id = given.cell_id and evaluator = given.evaluator and images = given.images offset 0) e
    where e.trial_values is not null and ($5::text is null or e.metric = $5)`, [cells.map(({ sweepId }) => sweepId), cells.map(({ cellId }) => cellId), cells.map(({ evaluator }) => evaluator), cells.map(({ images }) => images), metric ?? null]);
  const byCell = cells.map(() => new Map<string, Trial[]>());
  for (const { place, metric: key, train, sample, value } of found) byCell[place - 1]!.set(key, train.map((seed, i) => ({ train: seed, sample: sample[i]!, value: value[i]! })));
  return byCell;
}

import type { Trial } from '@elucidate/statistics/trial';
import { rows, type Queryable } from '../queryable.js';

/** Scores of one cell that compare: evaluator '' and images 0 stand for null. */
export interface ScoredCell {
  sweepId: string;
  cellId: string;
  evaluator: string;
  images: number;
}

/** Metric -> the trials that have a finite score of it. */
export type CellTrials = ReadonlyMap<string, readonly Trial[]>;

/** The trials of these cells, of one metric or of all, cell by cell: found by index, whatever the size of the sweep. */
export async function cellTrials(db: Queryable, cells: readonly ScoredCell[], metric?: string): Promise<CellTrials[]> {
  const found = await rows<{ place: number; metric: string; train: number[]; sample: number[]; value: number[] }>(db, `
    select given.place::integer as place, s.metric, array_agg(s.train_seed order by s.train_seed, s.sample_seed) as train,
      array_agg(s.sample_seed order by s.train_seed, s.sample_seed) as sample, array_agg(s.value order by s.train_seed, s.sample_seed) as value
    from unnest($1::text[], $2::text[], $3::text[], $4::integer[]) with ordinality as given(sweep_id, cell_id, evaluator, images, place)
    -- "offset 0" keeps the planner from computing the view for all cells
    cross join lateral (select * from trial_scores where sweep_id = given.sweep_id and cell_id = given.cell_id offset 0) s
    where s.finite and coalesce(s.evaluator, '') = given.evaluator and coalesce(s.images, 0) = given.images and ($5::text is null or s.metric = $5)
    group by given.place, s.metric`, [cells.map(({ sweepId }) => sweepId), cells.map(({ cellId }) => cellId), cells.map(({ evaluator }) => evaluator), cells.map(({ images }) => images), metric ?? null]);
  const byCell = cells.map(() => new Map<string, Trial[]>());
  for (const { place, metric: key, train, sample, value } of found) byCell[place - 1]!.set(key, train.map((seed, i) => ({ train: seed, sample: sample[i]!, value: value[i]! })));
  return byCell;
}

import { ElucidateError } from '@elucidate/experiment/errors';
import { isMetricKey } from '@elucidate/experiment/metric-requests';
import { nearestWord } from '@elucidate/experiment/problem-text';
import { rows, type Queryable } from '../queryable.js';
import { metricsOfSweep } from './metrics.js';
import { sweepAxes } from './sweep-axes.js';

/** By what the rows of each group of a leaderboard are sorted, in place of their ranks. */
export interface SortRequest {
  /** `nfe`, the key of a metric, a parameter that the sweep varies, or `images` of a halving. */
  by: string;
  descending?: boolean | undefined;
}

/** Where the value is that rows are sorted by: with the estimate, in the configuration, in another estimate of the same scores, or behind the place of a cell: a number, else, of names, the place itself, in the order of the grid. */
export type SortSource = { in: 'nfe' } | { in: 'images' } | { in: 'metric'; metric: string } | { in: 'place'; dimension: number; numbers: readonly (number | null)[] | null };

export interface BoardSort {
  source: SortSource;
  descending: boolean;
  /** "nfe descending". */
  name: string;
}

/** Throws 'request.invalid' for what is no metric and nothing that the sweep varies; by a metric that it does not score every row is without a value. */
export async function boardSort(db: Queryable, sweepId: string, { by, descending = false }: SortRequest): Promise<BoardSort> {
  return { source: await sourceOf(db, sweepId, by), descending, name: `${by} ${descending ? 'descending' : 'ascending'}` };
}

async function sourceOf(db: Queryable, sweepId: string, by: string): Promise<SortSource> {
  if (by === 'nfe') return { in: 'nfe' };
  const axes = await sweepAxes(db, sweepId);
  const axis = axes.get(by);
  if (axis?.dimension != null) return { in: 'place', dimension: axis.dimension, numbers: numbersIn(axis.values) };
  if (isMetricKey(by)) return { in: 'metric', metric: by };
  const lengths = await hasHalving(db, sweepId) ? ['images'] : [];
  if (lengths.includes(by)) return { in: 'images' };
  const known = ['nfe', ...lengths, ...[...axes].flatMap(([key, axis]) => (axis.dimension === null ? [] : [key])), ...await metricsOfSweep(db, sweepId)];
  const near = nearestWord(by, known);
  throw new ElucidateError('request.invalid', `sort ${JSON.stringify(by)}: the sweep neither varies nor scores it; choose from ${known.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

/** Whether its configurations are trained on different numbers of images, though that is no axis. */
async function hasHalving(db: Queryable, sweepId: string): Promise<boolean> {
  return (await rows(db, `select from sweeps where id = $1 and spec -> 'race' ->> 'kind' = 'halving'`, [sweepId])).length > 0;
}

/** The values, if all that are there are numbers. */
const numbersIn = (values: readonly unknown[]): (number | null)[] | null => (values.every((value): value is number | null => value === null || typeof value === 'number') ? [...values] : null);

/** Makes a parameter of a value. */
type Given = (value: unknown) => string;

/** What a statement is to sort by, null where a cell has none of it, and the join that finds it; `from` is a relation of estimates or of cells with their ids as `cell_id`. One pass, whatever their number. */
export function sortedValue({ source, descending }: BoardSort, { from, sweepId, scores }: { from: string; sweepId: string; scores: { evaluator: string; images: number } | null }, given: Given): { key: string; join: string } {
  const key = (value: string): string => `coalesce(${descending ? '-' : ''}(${value})::double precision, 'Infinity')`;
  // of what stands in no ranking, the scores that its row shows: those of the most images
  const ownJoin = (value: string): string => `left join (select distinct on (cell_id) cell_id, ${value} as value from cell_estimates where sweep_id = ${given(sweepId)} group by cell_id, evaluator, images order by cell_id, images desc, evaluator) own on own.cell_id = ${from}.cell_id`;
  switch (source.in) {
    case 'nfe': return scores === null ? { key: key('own.value'), join: ownJoin('max(nfe)') } : { key: key(`${from}.nfe`), join: '' };
    case 'images': return { key: key('trained.images'), join: `left join (select id as cell_id, (config ->> 'images')::double precision as images from cells where sweep_id = ${given(sweepId)}) trained on trained.cell_id = ${from}.cell_id` };
    case 'metric':
      if (scores === null) return { key: key('own.value'), join: ownJoin(`max(mean) filter (where metric = ${given(source.metric)})`) };
      return { key: key('other.mean'), join: `left join (select cell_id, mean from cell_estimates where sweep_id = ${given(sweepId)} and metric = ${given(source.metric)} and evaluator = ${given(scores.evaluator)} and images = ${given(scores.images)}::integer) other on other.cell_id = ${from}.cell_id` };
    case 'place': return { key: key(source.numbers === null ? `placed.place[${source.dimension}]` : `(${given(source.numbers)}::double precision[])[placed.place[${source.dimension}] + 1]`), join: `left join (select cell_id, place from cell_places where sweep_id = ${given(sweepId)}) placed on placed.cell_id = ${from}.cell_id` };
  }
}

import { ElucidateError } from '@elucidate/experiment/errors';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import { keepAll, type KeepRequest, type ParallelLine, type ParallelMeasure, type ParallelPlot } from '@elucidate/experiment/parallel';
import { titleOf } from '@elucidate/experiment/axis-title';
import { nfe, readerOf, varyingIn } from '@elucidate/experiment/plot-axes';
import { rows, type Queryable } from '../queryable.js';
import { overWholeSweep } from '../whole-sweep.js';
import { keepConditions, type KeepConditions } from './keep-conditions.js';
import { comparableScores, type ComparableScores } from './comparable-scores.js';
import { metricsOfSweep } from './metrics.js';
import { basisOfScores } from './score-bases.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';
import { unscored } from './unscored.js';

export interface ParallelQuestion extends Partial<KeepRequest> {
  sweepId: string;
  /** Metrics that have an axis, the first of which orders and colours; by default all that the sweep requests. */
  metrics?: readonly string[] | undefined;
  /** Lines at most. */
  most?: number;
}

/** Shares of the configurations at which a measure's distribution is read. */
const shares = Array.from({ length: 21 }, (_, i) => i / 20);

/** A table of every cell of sweep $1 with its measures m0, m1 ...: the first its NFE, then each ranking's scores; none of a cell that is trained less than others; and whether it is kept. */
function measuredCells(scored: readonly ComparableScores[], conditions: KeepConditions, given: (value: unknown) => string): string {
  const joins = scored.map(({ metric, evaluator, images }, i) => `
    left join (select cell_id, nfe, mean from cell_estimates where sweep_id = $1 and metric = ${given(metric)} and evaluator = ${given(evaluator)} and images = ${given(images)}::integer and trials > 0) e${i} on e${i}.cell_id = p.cell_id`);
  return `
    select p.position, e0.nfe as m0${scored.map((_, i) => `, e${i}.mean as m${i + 1}`).join('')}, ${['e0.mean is not null', ...conditions({ sweepId: 'p.sweep_id', cellId: 'p.cell_id' }, given)].join(' and ')} as kept
    from (select sweep_id, cell_id, position from cell_places where sweep_id = $1) p${joins.join('')}`;
}

interface Measured {
  cells: number;
  kept: number;
  /** Of each measure. */
  quantiles: ((number | null)[] | null)[];
  lines: FoundLine[];
}

/**
 * A sweep's configurations across all that it varies and several metrics at once. One pass over the sweep's scores, whatever is kept; the answer is of at most
 * `most` lines. Throws 'not_found' if nothing has been scored, 'request.invalid' for what the sweep does not vary or have.
 */
export async function sweepParallel(db: Queryable, { sweepId, metrics, keep = keepAll.keep, within = keepAll.within, most = 600 }: ParallelQuestion): Promise<ParallelPlot> {
  await summarise(db, sweepId);
  const asked = metrics ?? await metricsOfSweep(db, sweepId);
  const scored = (await Promise.all(asked.map((metric) => comparableScores(db, { sweepId, metric })))).filter((scores) => scores !== null);
  const [first] = scored;
  if (first === undefined) throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${asked.join(' or ')}${await unscored(db, sweepId, asked[0]!)}`);
  const axes = await sweepAxes(db, sweepId);
  const shown = varyingIn(axes);
  const conditions = await keepConditions(db, sweepId, { keep, within });
  const [sweep] = await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId]);
  const { cells, kept, quantiles, lines: found } = await measured(db, sweepId, { scored, conditions, most });
  const readers = shown.map((key) => readerOf(axes, key, '--x'));
  const lines = found.map(({ cell, place, measures }): ParallelLine => ({
    cell, measures,
    places: shown.map((key, i) => {
      const value = axes.get(key)!.values[place[axes.get(key)!.dimension! - 1] ?? -1];
      const label = value === undefined ? null : readers[i]!.valueOf({ cellId: '', place, nfe: null, seconds: null, estimate: null, incomparable: false });
      return label === null ? -1 : readers[i]!.values.indexOf(label);
    }),
  }));
  const quantilesOf = (i: number): number[] => (quantiles[i] ?? []).filter((value) => value !== null);
  return {
    sweepId, sweepName: sweep?.name ?? sweepId,
    axes: readers.map(({ path, title, numeric, values }) => ({ path, title, numeric, values })),
    measures: [
      { name: nfe, title: titleOf(nfe), quantiles: quantilesOf(0), evaluator: null, n: null, real: null },
      ...await Promise.all(scored.map(async ({ metric, evaluator, images }, i): Promise<ParallelMeasure> => {
        const [real] = await rows<{ real: number | null }>(db, 'select "real" from cell_estimates where sweep_id = $1 and metric = $2 and evaluator = $3 and images = $4 and "real" is not null limit 1', [sweepId, metric, evaluator, images]);
        return { name: metric, title: metricTitle(metric), quantiles: quantilesOf(i + 1), evaluator: evaluator || null, n: images || null, real: real?.real ?? null };
      })),
    ],
    lines,
    configurations: { all: cells, kept, drawn: lines.length },
    basis: found[0] === undefined ? null : await basisOfScores(db, first, { sweepId, cellId: found[0].id, best: found[0].measures[1] ?? null }),
  };
}

interface FoundLine {
  id: string;
  cell: string;
  place: number[];
  measures: (number | null)[];
}

/**
 * How the measures of all cells are distributed, and the lines of what is kept: all, or of more than `most` half the best and half evenly from the others, the
 * worst below.
 */
async function measured(db: Queryable, sweepId: string, { scored, conditions, most }: { scored: readonly ComparableScores[]; conditions: KeepConditions; most: number }): Promise<Measured> {
  const params: unknown[] = [sweepId];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const cells = measuredCells(scored, conditions, given);
  const order = higherIsBetter(scored[0]!.metric) ? 'desc' : 'asc';
  const places = [0, ...scored.map((_, i) => i + 1)];
  const [half, at] = [given(Math.floor(most / 2)), given(shares)];
  const [found] = await overWholeSweep(db, (scanned) => rows<Measured>(scanned, `
    with every as materialized (${cells}),
    ranked as (select every.*, row_number() over (order by m1 ${order}, position) as rank, row_number() over (order by position) as at, count(*) over () as total from every where kept),
    chosen as (select * from ranked where total <= 2 * ${half}::integer or rank <= ${half}::integer or at % ceil(total::numeric / ${half}::integer) = 0)
    select count(*)::integer as cells, (count(*) filter (where kept))::integer as kept,
      array[${places.map((i) => `to_jsonb(percentile_cont(${at}::double precision[]) within group (order by m${i}))`).join(', ')}]::jsonb[] as quantiles,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.cell_id, 'cell', left(p.cell_id, 12), 'place', p.place, 'measures', jsonb_build_array(${places.map((i) => `m${i}`).join(', ')})) order by rank), '[]')
       from chosen join cell_places p on p.sweep_id = $1 and p.position = chosen.position) as lines
    from every`, params));
  return found!;
}

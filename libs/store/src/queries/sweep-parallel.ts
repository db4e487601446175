import { ElucidateError } from '@elucidate/experiment/errors';
import { higherIsBetter, metricTitle } from '@elucidate/experiment/metric-requests';
import { keepAll, type KeepRequest, type ParallelLine, type ParallelMeasure, type ParallelPlot } from '@elucidate/experiment/parallel';
import { titleOf } from '@elucidate/experiment/axis-title';
import { nfe, readerOf, varyingIn } from '@elucidate/experiment/plot-axes';
import { rows, type Queryable } from '../queryable.js';
import { keepConditions } from './keep-conditions.js';
import { comparableScores, type ComparableScores } from './comparable-scores.js';
import { metricsOfSweep } from './metrics.js';
import { basisOfScores } from './score-bases.js';
import { summarise } from './summaries.js';
import { sweepAxes } from './sweep-axes.js';

export interface ParallelQuestion extends Partial<KeepRequest> {
  sweepId: string;
  /** Metrics that have an axis, the first of which orders and colours; by default all that the sweep requests. */
  metrics?: readonly string[] | undefined;
  /** Lines at most. */
  most?: number;
}

/** Shares of the configurations at which a measure's distribution is read. */
const shares = Array.from({ length: 21 }, (_, i) => i / 20);

/** A table of every cell of sweep $1 with its measures m0, m1 ...: the first its NFE, then each ranking's scores; none of a cell that is trained less than others. */
function measuredCells(scored: readonly ComparableScores[], given: (value: unknown) => string): string {
  const joins = scored.map(({ metric, evaluator, images }, i) => `left join cell_estimates e${i} on (e${i}.sweep_id, e${i}.cell_id, e${i}.metric, e${i}.evaluator, e${i}.images) = (p.sweep_id, p.cell_id, ${given(metric)}, ${given(evaluator)}, ${given(images)}::integer) and e${i}.trials > 0`);
  return `select p.sweep_id, p.cell_id, p.position, p.place, e0.nfe as m0${scored.map((_, i) => `, e${i}.mean as m${i + 1}`).join('')} from cell_places p ${joins.join(' ')} where p.sweep_id = $1`;
}

interface Summary {
  cells: number;
  [quantiles: `q${number}`]: (number | null)[] | null;
}

/**
 * A sweep's configurations across all that it varies and several metrics at once. Two passes over the sweep's scores, whatever is kept; the answer is of at most
 * `most` lines. Throws 'not_found' if nothing has been scored, 'request.invalid' for what the sweep does not vary or have.
 */
export async function sweepParallel(db: Queryable, { sweepId, metrics, keep = keepAll.keep, within = keepAll.within, most = 600 }: ParallelQuestion): Promise<ParallelPlot> {
  await summarise(db, sweepId);
  const asked = metrics ?? await metricsOfSweep(db, sweepId);
  const scored = (await Promise.all(asked.map((metric) => comparableScores(db, { sweepId, metric })))).filter((scores) => scores !== null);
  const [first] = scored;
  if (first === undefined) throw new ElucidateError('not_found', `Sweep ${sweepId} has no ${asked.join(' or ')} yet; \`elucidate status ${sweepId}\` shows how far it is`);
  const axes = await sweepAxes(db, sweepId);
  const shown = varyingIn(axes);
  const conditions = await keepConditions(db, sweepId, { keep, within });
  const [sweep] = await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId]);
  const summary = await distribution(db, sweepId, scored);
  const { found, kept } = await chosenLines(db, sweepId, { scored, conditions, most });
  const readers = shown.map((key) => readerOf(axes, key, '--x'));
  const lines = found.map(({ cell, place, measures }): ParallelLine => ({
    cell, measures,
    places: shown.map((key, i) => {
      const value = axes.get(key)!.values[place[axes.get(key)!.dimension! - 1] ?? -1];
      const label = value === undefined ? null : readers[i]!.valueOf({ cellId: '', place, nfe: null, seconds: null, estimate: null, incomparable: false });
      return label === null ? -1 : readers[i]!.values.indexOf(label);
    }),
  }));
  const quantilesOf = (i: number): number[] => (summary[`q${i}`] ?? []).filter((value) => value !== null);
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
    configurations: { all: summary.cells, kept, drawn: lines.length },
    basis: found[0] === undefined ? null : await basisOfScores(db, first, { sweepId, cellId: found[0].id, best: found[0].measures[1] ?? null }),
  };
}

/** How the measures of all cells are distributed. */
async function distribution(db: Queryable, sweepId: string, scored: readonly ComparableScores[]): Promise<Summary> {
  const params: unknown[] = [sweepId];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const quantiles = [0, ...scored.map((_, i) => i + 1)].map((i) => `percentile_cont(${given(shares)}::double precision[]) within group (order by m${i}) as q${i}`);
  const [found] = await rows<Summary>(db, `select count(*)::integer as cells, ${quantiles.join(', ')} from (${measuredCells(scored, given)}) every`, params);
  return found!;
}

interface FoundLine {
  id: string;
  cell: string;
  place: number[];
  measures: (number | null)[];
}

/** The lines of what is kept: all, or of more than `most` half the best and half evenly from the others, the worst below. */
async function chosenLines(db: Queryable, sweepId: string, { scored, conditions, most }: { scored: readonly ComparableScores[]; conditions: Awaited<ReturnType<typeof keepConditions>>; most: number }): Promise<{ found: FoundLine[]; kept: number }> {
  const params: unknown[] = [sweepId];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const where = ['m1 is not null', ...conditions({ sweepId: 'every.sweep_id', cellId: 'every.cell_id' }, given)];
  const measured = measuredCells(scored, given);
  const order = higherIsBetter(scored[0]!.metric) ? 'desc' : 'asc';
  const measures = [0, ...scored.map((_, i) => i + 1)].map((i) => `m${i}`).join(', ');
  const half = given(Math.floor(most / 2));
  const found = await rows<FoundLine & { kept: number }>(db, `
    with kept as (
      select cell_id, place, array[${measures}] as measures, row_number() over (order by m1 ${order}, position) as rank, row_number() over (order by position) as at, count(*) over () as total
      from (${measured}) every where ${where.join(' and ')})
    select cell_id as id, left(cell_id, 12) as cell, place, measures, total::integer as kept from kept
    where total <= 2 * ${half}::integer or rank <= ${half}::integer or at % ceil(total::numeric / ${half}::integer) = 0 order by rank`, params);
  return { found, kept: found[0]?.kept ?? 0 };
}

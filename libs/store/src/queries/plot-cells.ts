import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import type { PlotCell, PlotRequest } from '@elucidate/experiment/plot';
import { plotChoiceOf, type PlotChoice } from '@elucidate/experiment/plot-choice';
import { rows, type Queryable } from '../queryable.js';
import { overWholeSweep } from '../whole-sweep.js';
import type { ComparableScores } from './comparable-scores.js';
import { divergedByCell, withDiverged, type DivergedTrials } from './diverged-trials.js';
import { dimensionsOf, placedCells, type Places } from './placed-cells.js';
import type { SweepAxes } from './sweep-axes.js';

interface Question {
  sweepId: string;
  /** Whose scores compare. */
  scores: Omit<ComparableScores, 'leftOut'>;
  axes: SweepAxes;
}

/** Tables whose sums are kept of one sweep, at most, for pictures: each takes a part of every result's time. */
const mostKept = 24;

/**
 * The cells of a picture: of what it does not show, those of the choice with the most scores, among those the one with the best mean, then the first of the grid.
 * Found by the sums that are kept for it, and by index, whatever the size of the sweep; all of its places are looked through where scores of several
 * evaluators have to be told apart, or cells by their NFE, or where the picture shows more than a few thousand.
 */
export async function plotCells(db: Queryable, question: Question, request: PlotRequest): Promise<PlotCell[]> {
  const choice = plotChoiceOf(question.axes, request);
  if (choice.bestOver.length > 0) return bestCells(db, question, choice);
  const best = await bestChoice(db, question, choice);
  return best === null ? [] : cellsAt(db, question, new Map([...choice.wanted, ...best]));
}

/** The places of the best choice, on the dimensions of `rest`. */
async function bestChoice(db: Queryable, question: Question, choice: PlotChoice): Promise<Places | null> {
  const rest = choice.rest.map((key) => question.axes.get(key)!.dimension!);
  if (rest.length === 0) return new Map();
  const free = dimensionsOf(question.axes).filter((dimension) => !rest.includes(dimension) && !choice.wanted.has(dimension));
  const [params, from] = (await keptSums(db, question, { choice, free })) ?? countedSums(question, choice);
  const where = [...choice.wanted].map(([dimension, places]) => ` and place[$${params.push(dimension)}::integer] = any($${params.push(places)}::integer[])`);
  const [best] = await rows<{ places: number[] }>(db, `
    select array[${rest.map((dimension) => `place[${dimension}]`).join(', ')}] as places from ${from}${where.join('')} group by 1
    order by sum(entries) desc, sum(total) / nullif(sum(entries), 0) ${higherIsBetter(question.scores.metric) ? 'desc' : 'asc'}, min(position) limit 1`, params);
  return best === undefined ? null : new Map(rest.map((dimension, i) => [dimension, [best.places[i]!]]));
}

/** Parameters of a statement, and what it reads: rows of place, entries, total and position. */
type Sums = [params: unknown[], from: string];

/** Sums that are kept from the first question on; null: they are not of these scores alone, or there are too many already. */
async function keptSums(db: Queryable, { sweepId, scores: { metric } }: Question, { choice, free }: { choice: PlotChoice; free: readonly number[] }): Promise<Sums | null> {
  const [known] = await rows<{ groups: number; kept: number; id: string | null }>(db, `
    select (select count(*)::integer from score_groups where sweep_id = $1 and metric = $2) as groups, (select count(*)::integer from kept_tables where sweep_id = $1) as kept,
      (select id from kept_tables where sweep_id = $1 and metric = $2 and axes = $3) as id`, [sweepId, metric, free]);
  if (choice.nfe !== null || known!.groups > 1 || (known!.id === null && known!.kept >= mostKept)) return null;
  const id = known!.id ?? (await rows<{ id: string }>(db, 'select keep_tables($1, $2, $3) as id', [sweepId, metric, free]))[0]!.id;
  return [[id], 'table_sums where table_id = $1'];
}

/** Every cell as one sum. */
function countedSums({ sweepId, scores: { metric, evaluator, images } }: Question, { nfe }: PlotChoice): Sums {
  return [[sweepId, metric, evaluator, images, nfe], `(
    select p.place, p.position, (e.mean is not null)::integer as entries, coalesce(e.mean, 0)::numeric as total
    from cell_places p left join cell_estimates e on (e.sweep_id, e.cell_id, e.metric, e.evaluator, e.images) = (p.sweep_id, p.cell_id, $2, $3, $4::integer)
    where p.sweep_id = $1 and ($5::text is null or e.nfe::text = $5)) counted where true`];
}

const fieldsOf = `e.nfe, e.mean, e.min, e.max, e.count, e.diverged, e.n, e."real"`;

/** Of each place of the picture the best cell, and how many were scored there. One pass over the sweep's scores. */
async function bestCells(db: Queryable, { sweepId, scores: { metric, evaluator, images }, axes }: Question, { bestOver, wanted, nfe, byNfe }: PlotChoice): Promise<PlotCell[]> {
  const over = new Set(bestOver.map((key) => axes.get(key)!.dimension));
  const params: unknown[] = [sweepId, metric, evaluator, images, nfe];
  const shown = dimensionsOf(axes).filter((dimension) => !over.has(dimension));
  const places = [...(byNfe ? [['nfe', 'e.nfe'] as const] : []), ...shown.map((dimension) => [`d${dimension}`, `p.place[${dimension}]`] as const)];
  const where = [...wanted].map(([dimension, places]) => ` and p.place[$${params.push(dimension)}::integer] = any($${params.push(places)}::integer[])`);
  const complete = 'diverged = 0 and count = trials';
  // complete ones first, then by mean, then by position: of three numbers each, the smaller or larger is found without sorting
  const [least, sign] = higherIsBetter(metric) ? ['max', '-'] : ['min', ''];
  const incomplete = `${sign}(not (${complete}))::integer`;
  const best = `
    select ${places.map(([name, value]) => `${value} as ${name}, `).join('')}count(*)::integer as among, ${least}(array[e.incomplete, e.mean, ${sign}e.position]) as first
    from (select cell_id, nfe, mean, position, ${incomplete} as incomplete from cell_estimates
      where sweep_id = $1 and metric = $2 and evaluator = $3 and images = $4::integer and mean is not null and trials > 0 and ($5::text is null or nfe::text = $5)) e
    join (select cell_id, place from cell_places where sweep_id = $1) p on p.cell_id = e.cell_id where true${where.join('')}
    group by ${places.map(([, value]) => value).join(', ')}`;
  const firsts = `select * from cell_estimates where (sweep_id, metric, evaluator, images, mean, position) = ($1, $2, $3, $4::integer, best.first[2], (${sign}best.first[3])::integer)`;
  const found = await overWholeSweep(db, (scanned) => rows<FoundCell & { among: number }>(scanned, `
    select e.cell_id as "cellId", p.place, ${fieldsOf}, false as incomparable, best.among
    from (${best}) best
    -- by the indexes of the rankings
    cross join lateral (${firsts} and ${complete} and best.first[1] = 0 union all ${firsts} and not (${complete}) and best.first[1] <> 0 limit 1) e
    cross join lateral (select place from cell_places where sweep_id = $1 and cell_id = e.cell_id limit 1) p
    order by ${places.map(([name]) => `best.${name}`).join(', ')}`, params));
  return found.map(({ among, ...cell }) => ({ ...plotCellOf(cell), among }));
}

type FoundCell = Pick<PlotCell, 'cellId' | 'place' | 'nfe' | 'incomparable'> & Record<'mean' | 'min' | 'max' | 'count' | 'diverged' | 'n' | 'real', number | null>;

const plotCellOf = ({ cellId, place, nfe, incomparable, count, diverged, ...estimate }: FoundCell): PlotCell =>
  ({ cellId, place, nfe, seconds: null, incomparable, estimate: count === null ? null : { ...estimate, count, diverged: diverged! } as PlotCell['estimate'] });

/** The cells at these places, in the order of the grid. */
async function cellsAt(db: Queryable, { sweepId, scores: { metric, evaluator, images }, axes }: Question, at: Places): Promise<PlotCell[]> {
  const params: unknown[] = [sweepId, metric, evaluator, images];
  const cells = placedCells({ axes, at }, (value) => `$${params.push(value)}`);
  const found = await rows<FoundCell>(db, `
    select cell.cell_id as "cellId", cell.place, ${fieldsOf}, e.count is null and exists (
      select from cell_estimates o where o.sweep_id = $1 and o.cell_id = cell.cell_id and o.metric = $2 and ((o.evaluator, o.images) <> ($3, $4::integer) or o.trials = 0)) as incomparable
    from (${cells}) cell
    -- "limit 1": each by index, whatever the planner thinks of their number
    left join lateral (select * from cell_estimates where (sweep_id, cell_id, metric, evaluator, images) = ($1, cell.cell_id, $2, $3, $4::integer) and trials > 0 limit 1) e on true
    order by cell.position`, params);
  const cellsFound = found.map(plotCellOf);
  const lost = await divergedByCell(db, sweepId);
  return cellsFound.map((cell) => ({ ...cell, estimate: estimateWith(cell, lost.get(cell.cellId)) }));
}

/** What a cell has if trials of it diverged: of one without a score that it has none. */
function estimateWith({ estimate, incomparable }: PlotCell, lost: DivergedTrials | undefined): PlotCell['estimate'] {
  if (lost === undefined || incomparable) return estimate;
  return withDiverged(estimate ?? { mean: null, min: NaN, max: NaN, count: 0, diverged: 0, n: null, real: null }, lost);
}

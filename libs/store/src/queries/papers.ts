import { within } from '@elucidate/experiment/confidence';
import { ElucidateError } from '@elucidate/experiment/errors';
import { labelOf } from '@elucidate/experiment/labels';
import { metricRange } from '@elucidate/experiment/metric-requests';
import type { PaperColumn, PaperCounterpart, PaperEntry, PaperSummary, PaperSweep, PublishedTable } from '@elucidate/experiment/paper-table';
import { parameterNames } from '@elucidate/experiment/parameters';
import { nearestWord } from '@elucidate/experiment/problem-text';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';
import { matchingCells, mostMatches } from './paper-matches.js';
import { summarise } from './summaries.js';
import { sweepAxes, type SweepAxes } from './sweep-axes.js';

/** Every published table, paper by paper. */
export const publishedTables = (db: Queryable): Promise<PaperSummary[]> => rows(db, `
  select t.id, t.source, t.title, t.citation, t.url, t.edition, (select count(*) from paper_figures f where f.table_id = t.id)::int as figures
  from paper_tables t order by t.paper, t.position`);

export interface PaperQuestion {
  table: string;
  /** Whose figures to put beside; by default those of the newest sweep that has any. */
  sweepId?: string | undefined;
  /** Parameter -> label: which of the sweep's configurations. */
  fixed?: Readonly<Record<string, string>> | undefined;
}

interface EntryRow extends Omit<PaperEntry, 'ours'> {
  row: number;
  column: number;
  rowName: string;
  columnName: string;
  metric: string;
  here: string | null;
  variant: string | null;
}

interface ComparisonRow extends PaperCounterpart {
  row: number;
  column: number;
  metric: string;
  evaluator: string;
  real: number | null;
}

type Head = Omit<PublishedTable, 'rows' | 'columns' | 'entries' | 'sweep'>;

/**
 * A published table with a sweep's figures beside it: of its tables by other fixed values the fullest, then that with the lowest mean.
 * Throws 'not_found' for an unknown table, or fixed values that no configuration has.
 */
export async function publishedTable(db: Queryable, principal: Principal, { table, sweepId, fixed = {} }: PaperQuestion): Promise<PublishedTable> {
  const [head] = await rows<Head>(db, `
    select t.id, t.source, t.title, t.citation, t.url, t.edition, (select count(*) from paper_figures f where f.table_id = t.id)::int as figures,
      t.row_title as "rowTitle", t.bold_rule as "boldRule", t.bold_within as "boldWithin", t.notes from paper_tables t where t.id = $1`, [table]);
  if (head === undefined) throw await noSuchTable(db, table);
  const entries = await rows<EntryRow>(db, `
    select row_place as row, column_place as "column", row_name as "rowName", column_name as "columnName", metric, here, variant, "values", bold, protocol, dataset, resolution, extractor, n, nfe, split, images, note
    from paper_entries where table_id = $1 order by row_place, column_place`, [table]);
  const found = await (sweepId === undefined ? newestWith(db, principal, { table, fixed }) : beside(db, { table, sweepId, fixed }));
  return { ...head, ...layout(entries, found?.comparisons ?? []), sweep: found?.sweep ?? null };
}

async function noSuchTable(db: Queryable, table: string): Promise<ElucidateError> {
  const known = (await publishedTables(db)).map(({ id }) => id);
  const nearest = nearestWord(table, known);
  return new ElucidateError('not_found', `There is no published table ${JSON.stringify(table)}${nearest === undefined ? '.' : `; did you mean ${nearest}?`} Choose one of ${known.join(', ')}`);
}

/** Of the newest twenty sweeps the first that has a scored configuration of the table, with its figures. */
async function newestWith(db: Queryable, principal: Principal, { table, fixed }: Omit<SweepQuestion, 'sweepId'>): Promise<Beside | null> {
  const newest = await rows<{ id: string }>(db, 'select id from sweeps where $1::text is null or owner = $1 order by created_at desc limit 20', [visibleOwner(principal)]);
  for (const { id } of newest) {
    const found = await beside(db, { table, sweepId: id, fixed: {} });
    if (found !== null) return Object.keys(fixed).length === 0 ? found : beside(db, { table, sweepId: id, fixed });
  }
  return null;
}

interface SweepQuestion {
  table: string;
  sweepId: string;
  fixed: Readonly<Record<string, string>>;
}

interface Beside {
  comparisons: ComparisonRow[];
  sweep: PaperSweep;
}

/** Throws 'not_found' for fixed values that no scored configuration has. */
async function beside(db: Queryable, { table, sweepId, fixed }: SweepQuestion): Promise<Beside | null> {
  await summarise(db, sweepId);
  const found = await comparisonsOf(db, { table, sweepId, fixed });
  if (found === null && Object.keys(fixed).length > 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no scored configuration of ${table} with ${Object.entries(fixed).map((pair) => pair.join(' ')).join(', ')}`);
  if (found === null) return null;
  const { comparisons, chosen } = found;
  const [sweep] = await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId]);
  return {
    comparisons,
    sweep: {
      id: sweepId, name: sweep?.name ?? '', evaluators: [...new Set(comparisons.map(({ evaluator }) => evaluator).filter((evaluator) => evaluator !== ''))],
      real: Object.fromEntries(comparisons.flatMap(({ metric, real }) => (real === null ? [] : [[metric, real]]))), fixed: labelsOf(chosen.fixed), groups: chosen.groups,
    },
  };
}

/** One of the tables that a sweep has by other fixed values. */
interface ChosenTable {
  fixed: Record<string, unknown>;
  /** Each metric under the evaluator and n that most of its entries have. */
  scores: { metric: string; evaluator: string; n: number | null }[];
  /** How many tables there are. */
  groups: number;
}

/** Of a sweep's tables with these fixed values the fullest, of several that with the lowest mean; null if there is none. Reads the cells that match, at most `mostMatches`. */
async function comparisonsOf(db: Queryable, { table, sweepId, fixed }: SweepQuestion): Promise<{ comparisons: ComparisonRow[]; chosen: ChosenTable } | null> {
  const axes = await sweepAxes(db, sweepId);
  const all = await matchingCells(db, { table, sweepId, axes, fixed: {} });
  // of more than are compared, the requested ones may be others
  const cells = all.length < mostMatches ? all : await matchingCells(db, { table, sweepId, axes, fixed });
  if (cells.length === 0) return null;
  const params: unknown[] = [sweepId, table, cells];
  const given = (value: unknown): string => `$${params.push(value)}`;
  const where = Object.entries(fixed).map(([name, label]) => `fixed -> ${given(name)}::text in (select jsonb_array_elements(${given(JSON.stringify(valuesLabelled(axes, name, label)))}::jsonb))`);
  const found = await rows<ComparisonRow & ChosenTable>(db, `
    -- to choose takes a few of their columns; the others, which cost more, are worked out for the chosen table only
    with compared as materialized (select fixed, metric, evaluator, n, mean, position from paper_comparisons_of($1, $2, $3)),
    scored as (
      select fixed, metric, evaluator, n, count(*) as entries, min(mean) as lowest, min(position) as position
      from compared group by fixed, metric, evaluator, n),
    fullest as (select distinct on (fixed, metric) * from scored order by fixed, metric, entries desc, n desc nulls last, position),
    tables as (
      select fixed, sum(entries) as entries, min(lowest) as lowest, min(position) as position, jsonb_agg(jsonb_build_object('metric', metric, 'evaluator', evaluator, 'n', n)) as scores
      from fullest group by fixed),
    chosen as (
      select fixed, scores, (select count(*)::int from tables) as groups from tables ${where.length === 0 ? '' : `where ${where.join(' and ')}`}
      order by entries desc, lowest nulls last, position limit 1),
    own as materialized (
      select chosen.*, array(select c.id from unnest($3::text[]) given(id) join cells c on c.sweep_id = $1 and c.id = given.id cross join paper_tables t where t.id = $2 and c.config - t.axes = chosen.fixed) as cells from chosen)
    select own.fixed, scores, groups, row_place as row, column_place as "column", metric, evaluator, "real", cell_id as "cellId", mean, low, high, coalesce(training_means, '{}') as "trainingMeans", trials, diverged, planned, compared.n, nfe, own_dataset as dataset, own_resolution as resolution, own_extractor as extractor, own_images::int as images, complete,
      -- one that lacks trials is not ranked, and the only one of a column is the best of nothing
      case when bold is not null then bold and complete and tau_rows > 1 end as bold,
      difference, not_comparable as "notComparable", own_rank::int as "ownRank", published_rank::int as "publishedRank", tau, tau_low as "tauLow", tau_high as "tauHigh", tau_rows::int as "tauRows", verdict
    from own cross join lateral paper_comparisons_of($1, $2, own.cells) compared order by position, row_place, column_place`, params);
  const [first] = found;
  if (first === undefined) return null;
  const { fixed: at, scores, groups } = first;
  const comparisons = found.map((row): ComparisonRow => inRange(without(row, ['fixed', 'scores', 'groups']))).filter(({ metric, evaluator, n }) => scores.some((scored) => scored.metric === metric && scored.evaluator === evaluator && scored.n === n));
  return { comparisons, chosen: { fixed: at, scores, groups } };
}

/** With its interval kept to the values that the metric can have, as everywhere. */
const inRange = (row: ComparisonRow): ComparisonRow => (row.low === null || row.high === null ? row : { ...row, ...within(metricRange(row.metric), { low: row.low, high: row.high }) });

/** The values of a parameter in a sweep that have this label. */
function valuesLabelled(axes: SweepAxes, name: string, label: string): unknown[] {
  const parameter = parameterNames.find((known) => known === name);
  return parameter === undefined ? [] : (axes.get(parameter)?.values ?? []).filter((value) => value !== null && labelOf(parameter, value) === label);
}

const labelsOf = (fixed: Readonly<Record<string, unknown>>): Record<string, string> => Object.fromEntries(parameterNames.flatMap((name) => (fixed[name] === undefined ? [] : [[name, labelOf(name, fixed[name])]])));

function layout(entries: readonly EntryRow[], comparisons: readonly ComparisonRow[]): Pick<PublishedTable, 'rows' | 'columns' | 'entries'> {
  const names = new Map(entries.map(({ row, rowName }) => [row, rowName]));
  const columns = new Map(entries.map(({ column, columnName: name, metric, here, variant }): [number, PaperColumn] => [column, { name, metric, here, variant }]));
  const [rowPlaces, columnPlaces] = [names, columns].map((places) => [...places.keys()].sort((a, b) => a - b)) as [number[], number[]];
  const at = (row: number, column: number): PaperEntry | null => {
    const entry = entries.find((one) => one.row === row && one.column === column);
    if (entry === undefined) return null;
    const ours = comparisons.find((one) => one.row === row && one.column === column);
    return { ...without(entry, ['row', 'column', 'rowName', 'columnName', 'metric', 'here', 'variant']), ours: ours === undefined ? null : without(ours, ['row', 'column', 'metric', 'evaluator', 'real']) };
  };
  return { rows: rowPlaces.map((place) => names.get(place)!), columns: columnPlaces.map((place) => columns.get(place)!), entries: rowPlaces.map((row) => columnPlaces.map((column) => at(row, column))) };
}

const without = <T extends object, K extends keyof T>(value: T, keys: readonly K[]): Omit<T, K> => Object.fromEntries(Object.entries(value).filter(([key]) => !(keys as readonly string[]).includes(key))) as Omit<T, K>;

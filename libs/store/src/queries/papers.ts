import { ElucidateError } from '@elucidate/experiment/errors';
import { labelOf } from '@elucidate/experiment/labels';
import type { PaperColumn, PaperCounterpart, PaperEntry, PaperSummary, PaperSweep, PublishedTable } from '@elucidate/experiment/paper-table';
import { parameterNames } from '@elucidate/experiment/parameters';
import { nearestWord } from '@elucidate/experiment/problem-text';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';

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
  fixed: Record<string, unknown>;
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
  const id = sweepId ?? (await newestWith(db, principal, table));
  const found = id === null ? null : await beside(db, { table, sweepId: id, fixed });
  return { ...head, ...layout(entries, found?.comparisons ?? []), sweep: found?.sweep ?? null };
}

async function noSuchTable(db: Queryable, table: string): Promise<ElucidateError> {
  const known = (await publishedTables(db)).map(({ id }) => id);
  const nearest = nearestWord(table, known);
  return new ElucidateError('not_found', `There is no published table ${JSON.stringify(table)}${nearest === undefined ? '.' : `; did you mean ${nearest}?`} Choose one of ${known.join(', ')}`);
}

/** Of the newest twenty sweeps the first that has a scored configuration of the table. */
async function newestWith(db: Queryable, principal: Principal, table: string): Promise<string | null> {
  const [newest] = await rows<{ id: string }>(db, `
    select s.id from (select id, created_at from sweeps where $2::text is null or owner = $2 order by created_at desc limit 20) s
    where exists (select from cells c join paper_entries e on e.table_id = $1 and c.config @> e.config where c.sweep_id = s.id and exists (select from own_figures o where o.sweep_id = s.id and o.cell_id = c.id and o.metric = e.metric))
    order by s.created_at desc limit 1`, [table, visibleOwner(principal)]);
  return newest?.id ?? null;
}

async function beside(db: Queryable, { table, sweepId, fixed }: { table: string; sweepId: string; fixed: Readonly<Record<string, string>> }): Promise<{ comparisons: ComparisonRow[]; sweep: PaperSweep } | null> {
  const all = await rows<ComparisonRow>(db, `
    select row_place as row, column_place as "column", metric, evaluator, "real", fixed, cell_id as "cellId", mean, low, high, coalesce(trainings, '{}') as trainings, trials, diverged, planned, n, nfe, own_dataset as dataset, own_resolution as resolution, own_extractor as extractor, own_images::int as images, complete, bold,
      difference, not_comparable as "notComparable", own_rank::int as "ownRank", published_rank::int as "publishedRank", tau, tau_low as "tauLow", tau_high as "tauHigh", tau_rows::int as "tauRows", verdict
    from paper_comparisons where sweep_id = $1 and table_id = $2 order by position, row_place, column_place`, [sweepId, table]);
  const groups = groupsOf(all);
  const wanted = groups.filter((group) => Object.entries(fixed).every(([name, label]) => labelsOf(group)[name] === label));
  const chosen = wanted.sort((a, b) => b.length - a.length || lowest(a) - lowest(b))[0];
  if (chosen === undefined && Object.keys(fixed).length > 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no scored configuration of ${table} with ${Object.entries(fixed).map((pair) => pair.join(' ')).join(', ')}`);
  if (chosen === undefined) return null;
  const [sweep] = await rows<{ name: string }>(db, 'select name from sweeps where id = $1', [sweepId]);
  return {
    comparisons: chosen,
    sweep: {
      id: sweepId, name: sweep?.name ?? '', evaluators: [...new Set(chosen.map(({ evaluator }) => evaluator).filter((evaluator) => evaluator !== ''))],
      real: Object.fromEntries(chosen.flatMap(({ metric, real }) => (real === null ? [] : [[metric, real]]))), fixed: labelsOf(chosen), groups: groups.length,
    },
  };
}

/** Rows by what their cells agree on, each metric under the evaluator and n that most of them have. */
function groupsOf(all: readonly ComparisonRow[]): ComparisonRow[][] {
  return grouped(all, ({ fixed }) => JSON.stringify(fixed)).map((group) => grouped(group, ({ metric }) => metric).flatMap((ofMetric) => {
    const scored = grouped(ofMetric, ({ evaluator, n }) => `${evaluator} ${n}`);
    return scored.sort((a, b) => b.length - a.length || (b[0]?.n ?? 0) - (a[0]?.n ?? 0))[0] ?? [];
  }));
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return [...groups.values()];
}

const lowest = (group: readonly ComparisonRow[]): number => Math.min(...group.map(({ mean }) => mean ?? Infinity));

const labelsOf = ([first]: readonly ComparisonRow[]): Record<string, string> => Object.fromEntries(parameterNames.flatMap((name) => (first?.fixed[name] === undefined ? [] : [[name, labelOf(name, first.fixed[name])]])));

function layout(entries: readonly EntryRow[], comparisons: readonly ComparisonRow[]): Pick<PublishedTable, 'rows' | 'columns' | 'entries'> {
  const names = new Map(entries.map(({ row, rowName }) => [row, rowName]));
  const columns = new Map(entries.map(({ column, columnName: name, metric, here, variant }): [number, PaperColumn] => [column, { name, metric, here, variant }]));
  const [rowPlaces, columnPlaces] = [names, columns].map((places) => [...places.keys()].sort((a, b) => a - b)) as [number[], number[]];
  const at = (row: number, column: number): PaperEntry | null => {
    const entry = entries.find((one) => one.row === row && one.column === column);
    if (entry === undefined) return null;
    const ours = comparisons.find((one) => one.row === row && one.column === column);
    return { ...without(entry, ['row', 'column', 'rowName', 'columnName', 'metric', 'here', 'variant']), ours: ours === undefined ? null : without(ours, ['row', 'column', 'metric', 'evaluator', 'real', 'fixed']) };
  };
  return { rows: rowPlaces.map((place) => names.get(place)!), columns: columnPlaces.map((place) => columns.get(place)!), entries: rowPlaces.map((row) => columnPlaces.map((column) => at(row, column))) };
}

const without = <T extends object, K extends keyof T>(value: T, keys: readonly K[]): Omit<T, K> => Object.fromEntries(Object.entries(value).filter(([key]) => !(keys as readonly string[]).includes(key))) as Omit<T, K>;

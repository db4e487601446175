import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** How a published figure came about. */
export type Protocol = 'single' | 'min-of-3' | 'unknown';

/** What rows and columns of a paper's table say about their figures; a row's word goes before a column's. Null or absent: not stated. */
interface Facets {
  metric?: string;
  dataset?: string | null;
  /** Pixels a side. */
  resolution?: number | null;
  extractor?: string | null;
  /** Images generated. */
  n?: number | null;
  protocol?: Protocol;
  /** Which images a loss is of: "test", "training". */
  split?: string | null;
  /** Images seen in training. */
  images?: number | null;
  nfe?: number | null;
  /** "as shown" or "corrected", of figures that exist in both forms. */
  variant?: string | null;
}

type Config = Readonly<Record<string, unknown>>;

interface PaperColumn extends Facets {
  name: string;
  /** Heading of the column with our figures; absent: none of ours correspond. */
  here?: string;
  /** What a configuration of ours has that corresponds to the column. */
  config?: Config;
}

interface PaperRow extends Facets {
  name: string;
  /** A figure for each column; several are repeats. */
  values: readonly (number | readonly number[] | null)[];
  /** What a configuration of ours has that corresponds to the row: in every column, or in each of them. */
  config?: Config;
  configs?: readonly (Config | null)[];
  /** The columns in which the paper prints it bold; absent: not recorded. */
  bold?: readonly number[];
  note?: string;
}

interface PaperTableData {
  id: string;
  source: string;
  title: string;
  rowTitle: string;
  /** The parameters of ours that tell rows and columns apart. */
  axes: readonly string[];
  /** Entries within this fraction of the best of their column are bold. */
  bold: { rule: string; within: number | null };
  notes?: readonly string[];
  columns: readonly PaperColumn[];
  rows: readonly PaperRow[];
}

/** A file of migrations/papers: the tables of one paper, laid out as there. */
export interface PaperFile {
  paper: string;
  citation: string;
  url: string;
  notes: readonly string[];
  tables: readonly PaperTableData[];
}

/** A row of paper_tables. */
export interface TableRecord {
  id: string;
  position: number;
  paper: string;
  edition: number;
  citation: string;
  url: string;
  source: string;
  title: string;
  row_title: string;
  axes: readonly string[];
  bold_rule: string;
  bold_within: number | null;
  notes: readonly string[];
}

/** A row of paper_figures. */
export interface FigureRecord {
  table_id: string;
  row_place: number;
  column_place: number;
  repeat: number;
  row_name: string;
  column_name: string;
  here: string | null;
  metric: string;
  value: number;
  bold: boolean | null;
  dataset: string | null;
  resolution: number | null;
  extractor: string | null;
  n: number | null;
  protocol: Protocol;
  split: string | null;
  images: number | null;
  nfe: number | null;
  variant: string | null;
  note: string | null;
  config: Config | null;
}

/**
 * The files of each edition of the published figures. A correction is a new edition, of the papers that it concerns, and a new migration that
 * loads it; files that a migration has loaded are never edited: it would refuse them.
 */
const editions: readonly (readonly string[])[] = [['chen2023', 'edm2022', 'lesson']];

const readPaper = (edition: number, paper: string): PaperFile =>
  JSON.parse(readFileSync(new URL(`../papers/${edition}/${paper}.json`, import.meta.url), 'utf8')) as PaperFile;

/** The published figures of one edition, from 1, as the database has them. */
export function editionRecords(edition: number): { tables: TableRecord[]; figures: FigureRecord[] } {
  const papers = (editions[edition - 1] ?? []).map((paper) => readPaper(edition, paper));
  return { tables: papers.flatMap((paper) => paper.tables.map((table, position) => tableRecord(paper, table, { edition, position }))), figures: papers.flatMap(({ tables }) => tables.flatMap(figureRecords)) };
}

/** The published figures as they are now: of each paper its last edition. */
export function currentRecords(): { tables: TableRecord[]; figures: FigureRecord[] } {
  const all = editions.map((_, index) => editionRecords(index + 1));
  const tables = all.flatMap((edition) => edition.tables);
  const last = new Map(tables.map(({ paper, edition }) => [paper, edition]));
  const current = tables.filter(({ paper, edition }) => last.get(paper) === edition);
  const editionOf = new Map(current.map(({ id, edition }) => [id, edition]));
  return { tables: current, figures: all.flatMap(({ figures }, index) => figures.filter(({ table_id }) => editionOf.get(table_id) === index + 1)) };
}

/** sha256 over the records of an edition, by which a migration knows what it loads. */
export const recordsHash = (records: { tables: readonly TableRecord[]; figures: readonly FigureRecord[] }): string =>
  createHash('sha256').update(JSON.stringify([records.tables, records.figures])).digest('hex');

const tableRecord = ({ paper, citation, url, notes }: PaperFile, table: PaperTableData, { edition, position }: { edition: number; position: number }): TableRecord => ({
  id: table.id, position, paper, edition, citation, url, source: table.source, title: table.title, row_title: table.rowTitle, axes: table.axes,
  bold_rule: table.bold.rule, bold_within: table.bold.within, notes: [...notes, ...(table.notes ?? [])],
});

function figureRecords(table: PaperTableData): FigureRecord[] {
  return table.rows.flatMap((row, row_place) => row.values.flatMap((values, column_place) => {
    const column = table.columns[column_place];
    if (column === undefined) throw new Error(`${table.id}, row ${JSON.stringify(row.name)}: it has more values than the table has columns`);
    return [values ?? []].flat().map((value, repeat) => figureRecord({ table, row, column }, { row_place, column_place, repeat, value }));
  }));
}

type Place = Pick<FigureRecord, 'row_place' | 'column_place' | 'repeat' | 'value'>;

function figureRecord({ table, row, column }: { table: PaperTableData; row: PaperRow; column: PaperColumn }, { value, ...place }: Place): FigureRecord {
  const { metric, protocol, dataset = null, resolution = null, extractor = null, n = null, split = null, images = null, nfe = null, variant = null } = { ...column, ...row };
  if (metric === undefined || protocol === undefined) throw new Error(`${table.id}, column ${JSON.stringify(column.name)}: it says neither metric nor protocol`);
  const own = row.configs === undefined ? (row.config ?? null) : (row.configs[place.column_place] ?? null);
  return {
    table_id: table.id, ...place, row_name: row.name, column_name: column.name, here: column.here ?? null, metric, value,
    bold: row.bold === undefined ? null : row.bold.includes(place.column_place), dataset, resolution, extractor, n, protocol, split, images, nfe, variant,
    note: row.note ?? null, config: own === null ? null : { ...own, ...column.config },
  };
}

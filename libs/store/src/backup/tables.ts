import { migrationsTable } from '../data-source.js';
import { rows, type Queryable } from '../queryable.js';

export interface Table {
  name: string;
  /** All but generated ones. */
  columns: string[];
}

/** The tables of the current schema, except the record of migrations: those that others refer to first. */
export async function tablesInOrder(db: Queryable): Promise<Table[]> {
  const tables = await rows<Table>(db, `
    select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname <> $1
    group by c.relname order by c.relname`, [migrationsTable]);
  const references = await rows<{ from: string; to: string }>(db, `
    select distinct f.relname as "from", t.relname as "to" from pg_constraint k join pg_class f on f.oid = k.conrelid join pg_class t on t.oid = k.confrelid
    where k.contype = 'f' and k.connamespace = current_schema()::regnamespace and k.conrelid <> k.confrelid`);
  return inOrder(tables, references);
}

function inOrder(tables: readonly Table[], references: readonly { from: string; to: string }[]): Table[] {
  const ordered: Table[] = [];
  const left = new Map(tables.map((table) => [table.name, table]));
  while (left.size > 0) {
    const free = [...left.values()].filter(({ name }) => !references.some(({ from, to }) => from === name && left.has(to)));
    // tables that refer to each other: their constraints have to be deferrable
    for (const table of free.length > 0 ? free : [...left.values()]) {
      ordered.push(table);
      left.delete(table.name);
    }
  }
  return ordered;
}

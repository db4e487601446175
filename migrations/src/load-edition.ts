import type { QueryRunner } from 'typeorm';
import { editionRecords, recordsHash } from './papers.js';

/** Puts an edition of the published figures in place of what the database has of its papers. Throws if its files are no longer what the migration was written for. */
export async function loadEdition(runner: QueryRunner, edition: number, sha256: string): Promise<void> {
  const records = editionRecords(edition);
  const found = recordsHash(records);
  if (found !== sha256) throw new Error(`migrations/papers/${edition} has changed: its records have the sha256 ${found}, not ${sha256}. Files that a migration has loaded stay as they are; a correction is a new edition`);
  await runner.query('delete from paper_tables where paper = any($1)', [[...new Set(records.tables.map(({ paper }) => paper))]]);
  await runner.query(`
    insert into paper_tables (id, paper, edition, position, citation, url, source, title, row_title, axes, bold_rule, bold_within, notes)
    select id, paper, edition, position, citation, url, source, title, row_title, array(select jsonb_array_elements_text(axes)), bold_rule, bold_within, array(select jsonb_array_elements_text(notes))
    from jsonb_to_recordset($1::jsonb) as t(id text, paper text, edition integer, position integer, citation text, url text, source text, title text, row_title text, axes jsonb, bold_rule text, bold_within double precision, notes jsonb)`,
  [JSON.stringify(records.tables)]);
  await runner.query('insert into paper_figures select * from jsonb_populate_recordset(null::paper_figures, $1::jsonb)', [JSON.stringify(records.figures)]);
}

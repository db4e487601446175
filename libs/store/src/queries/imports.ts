import { contentId } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ImportedRow, ResultImport } from '@elucidate/experiment/imported';
import { higherIsBetter } from '@elucidate/experiment/metric-requests';
import { visibleOwner } from '../access.js';
import type { Principal } from '../principal.js';
import { pageOf, parseCursor, rows, type Page, type Queryable } from '../queryable.js';

/** Results that were computed elsewhere, without their rows. */
export interface ImportSummary {
  id: string;
  /** Who imported them. */
  owner: string;
  /** Name of the file they were read from. */
  file: string;
  /** Where they come from, in the owner's words. */
  source: string;
  metric: string;
  /** As declared: a fingerprint of an evaluator of ours, or a name. */
  evaluator: string;
  n: number | null;
  rows: number;
  importedAt: string;
}

const summary = 'i.id, i.owner, i.file, i.source, i.metric, i.evaluator, i.n, i.rows, i.created_at as "importedAt"';

/** Keeps results that were computed elsewhere; what the owner has imported before is there already. */
export async function importResults(db: Queryable, principal: Principal, { rows: scores, file, ...declared }: ResultImport): Promise<ImportSummary & { created: boolean }> {
  const id = contentId({ owner: principal.id, ...declared, rows: scores }).slice(0, 12);
  const [made] = await rows<{ made: number }>(db, `
    with entered as (
      insert into imports (id, owner, file, source, metric, evaluator, n, rows) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id),
    scores as (
      insert into imported_scores (import_id, position, value, "values")
      select entered.id, position, value, "values" from entered cross join jsonb_to_recordset($9) as score(position integer, value double precision, "values" jsonb))
    select count(*)::int as made from entered`,
  [id, principal.id, file, declared.source, declared.metric, declared.evaluator, declared.n, scores.length, JSON.stringify(scores.map((score, position) => ({ ...score, position })))]);
  const found = await findImport(db, principal, id);
  return { ...found!, created: made!.made > 0 };
}

/** What a principal sees of imports, the newest first. */
export async function listImports(db: Queryable, principal: Principal, { limit = 50, cursor }: Page = {}): Promise<{ imports: ImportSummary[]; nextCursor: string | null }> {
  const after = parseCursor(cursor);
  const found = await rows<ImportSummary & { at: number }>(db, `
    select (extract(epoch from i.created_at) * 1000000)::double precision as at, ${summary} from imports i
    where ($1::text is null or i.owner = $1) and ($2::bigint is null or (i.created_at, i.id) < (timestamptz 'epoch' + $2::bigint * interval '1 microsecond', $3))
    order by i.created_at desc, i.id desc limit $4`, [visibleOwner(principal), after?.at ?? null, after?.id ?? null, limit + 1]);
  const { items: imports, nextCursor } = pageOf<ImportSummary>(found, limit);
  return { imports, nextCursor };
}

async function findImport(db: Queryable, principal: Principal, id: string): Promise<ImportSummary | null> {
  const [found] = await rows<ImportSummary>(db, `select ${summary} from imports i where i.id = $1 and ($2::text is null or i.owner = $2)`, [id, visibleOwner(principal)]);
  return found ?? null;
}

const unknown = (id: string): ElucidateError => new ElucidateError('not_found', `There is no import ${JSON.stringify(id)} that you may see; \`elucidate imports\`, or GET /v1/imports, lists those that there are`);

export interface ImportDetail extends ImportSummary {
  /** In the order of the file. */
  scores: ImportedRow[];
}

/** One import with its rows. Throws 'not_found'. */
export async function importDetail(db: Queryable, principal: Principal, id: string): Promise<ImportDetail> {
  const found = await findImport(db, principal, id);
  if (found === null) throw unknown(id);
  return { ...found, scores: await rows<ImportedRow>(db, 'select value, "values" from imported_scores where import_id = $1 order by position', [found.id]) };
}

/** Deletes an import with its rows. Throws 'not_found'. */
export async function deleteImport(db: Queryable, principal: Principal, id: string): Promise<ImportSummary> {
  const [deleted] = await rows<ImportSummary>(db, `with i as (delete from imports where id = $1 and ($2::text is null or owner = $2) returning *) select ${summary} from i`, [id, visibleOwner(principal)]);
  if (deleted === undefined) throw unknown(id);
  return deleted;
}

/** An imported score beside ours: comparable only because its owner says so. */
export interface ImportedBeside extends Omit<ImportSummary, 'rows'> {
  values: ImportedRow['values'];
  value: number | null;
}

/** What was imported of a metric, and how it compares with the scores of a sweep. */
export interface ImportedForSweep {
  metric: string;
  /** For each evaluator and n of the sweep the imported scores that are declared to be of the same, the best first, at most 50. */
  groups: { evaluator: string; n: number; scores: ImportedBeside[]; cut: boolean }[];
  /** Imports of the metric of another evaluator or n, the newest first, at most 50. */
  incomparable: ImportSummary[];
}

const mostBeside = 50;

/** What was imported beside a sweep's scores of a metric, as far as a principal sees it. */
export async function importedForSweep(db: Queryable, principal: Principal, { sweepId, metric }: { sweepId: string; metric: string }): Promise<ImportedForSweep> {
  const owner = visibleOwner(principal);
  const own = await rows<{ evaluator: string; n: number }>(db, `select evaluator, images as n from score_groups where sweep_id = $1 and metric = $2 and evaluator <> '' and images > 0 order by images desc, evaluator`, [sweepId, metric]);
  const groups: ImportedForSweep['groups'] = [];
  for (const group of own) {
    const scores = await rows<ImportedBeside>(db, `
      select i.id, i.owner, i.file, i.source, i.metric, i.evaluator, i.n, i.created_at as "importedAt", s.value, s."values"
      from imports i join imported_scores s on s.import_id = i.id
      where i.metric = $1 and i.evaluator = $2 and i.n = $3 and ($4::text is null or i.owner = $4)
      order by s.value ${higherIsBetter(metric) ? 'desc' : 'asc'} nulls last, i.created_at, i.id, s.position limit ${mostBeside + 1}`, [metric, group.evaluator, group.n, owner]);
    groups.push({ ...group, scores: scores.slice(0, mostBeside), cut: scores.length > mostBeside });
  }
  const incomparable = await rows<ImportSummary>(db, `
    select ${summary} from imports i where i.metric = $1 and ($2::text is null or i.owner = $2)
      and not exists (select from jsonb_to_recordset($3) as own(evaluator text, n integer) where own.evaluator = i.evaluator and own.n = i.n)
    order by i.created_at desc, i.id limit ${mostBeside}`, [metric, owner, JSON.stringify(own)]);
  return { metric, groups, incomparable };
}

import { ElucidateError } from '@elucidate/experiment/errors';
import { visibleOwner } from '../access.js';
import type { Artifact } from '../artifacts.js';
import type { Principal } from '../principal.js';
import { rows, type Queryable } from '../queryable.js';

/** Records a program whose archive is stored; once, also if it is added again. */
export async function recordProgram(db: Queryable, { hash, sizeBytes }: Artifact, { id }: Principal): Promise<void> {
  await db.query('insert into programs (contents, size_bytes, owner) values ($1, $2, $3) on conflict (contents) do nothing', [hash, sizeBytes, id]);
}

/** Those of the programs that nobody has added. */
export async function unknownPrograms(db: Queryable, contents: readonly string[]): Promise<string[]> {
  const known = await rows<{ contents: string }>(db, 'select contents from programs where contents = any($1)', [contents]);
  return contents.filter((each) => !known.some((program) => program.contents === each));
}

export interface ProgramRow {
  /** sha256 of its archive. */
  contents: string;
  sizeBytes: number;
  /** Who added it first. */
  owner: string;
  addedAt: string;
  /** Sweeps that name it, anybody's. */
  sweeps: number;
}

/** Rows at most. */
const most = 1000;
/** Programs that a principal added, or all for an admin: the newest first, the last thousand. */
export const listPrograms = (db: Queryable, principal: Principal): Promise<ProgramRow[]> =>
  rows(db, `
    select p.contents, p.size_bytes::double precision as "sizeBytes", p.owner, p.added_at as "addedAt", (select count(*)::int from sweep_programs s where s.contents = p.contents) as sweeps
    from programs p
    where $1::text is null or p.owner = $1 order by p.added_at desc, p.contents limit ${most}`, [visibleOwner(principal)]);

/** The foreign key by which a sweep's programs are there. */
const namedByFkey = 'sweep_programs_contents_fkey';

/** Whether an error of the database says that a sweep names a program that is not there, or that is being removed. */
export const isProgramGone = (error: unknown): boolean => (error as { constraint?: string } | undefined)?.constraint === namedByFkey;

/**
 * Forgets a program that no sweep names; its archive goes with the next prune, unless results have it. Waits for nobody: of a removal and a submission that
 * names the program at the same moment one fails. Throws 'not_found', also for one that somebody else added, 'request.conflict' while sweeps name it.
 */
export async function removeProgram(db: Queryable, contents: string, principal: Principal): Promise<void> {
  const own = [contents, visibleOwner(principal)];
  const removed = await rows(db, `
    with free as materialized (select contents from programs where contents = $1 and ($2::text is null or owner = $2) for update skip locked),
      gone as (delete from programs p using free where p.contents = free.contents returning 1)
    select * from gone`, own).catch((error: unknown) => {
    if (isProgramGone(error)) return [];
    throw error;
  });
  if (removed.length > 0) return;
  const [known] = await rows<{ sweeps: number }>(db, `
    select (select count(*)::int from sweep_programs s where s.contents = p.contents) as sweeps from programs p where contents = $1 and ($2::text is null or owner = $2)`, own);
  if (known === undefined) throw new ElucidateError('not_found', `You have added no program ${contents}; \`elucidate program list\` shows those that you have`);
  const named = known.sweeps === 0 ? 'a sweep that is being submitted, which needs it' : `${known.sweeps} sweeps, which need it`;
  throw new ElucidateError('request.conflict', `The program ${contents} is named by ${named} for a retry or another seed; delete them first (\`elucidate delete\`)`);
}

/** Those of the programs that some sweep names. */
export const programsInUse = async (db: Queryable, contents: readonly string[]): Promise<string[]> =>
  (await rows<{ contents: string }>(db, 'select distinct contents from sweep_programs where contents = any($1)', [contents])).map((program) => program.contents);

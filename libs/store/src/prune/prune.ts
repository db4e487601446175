import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sizeOfFolder } from '../disk-use.js';
import { requireCurrentSchema } from '../migrate.js';
import { programsInUse } from '../queries/programs.js';
import { rows, type Queryable } from '../queryable.js';
import type { Store } from '../store.js';

export interface PruneOptions {
  /** ELUCIDATE_HOME, where checkpoints and unpacked programs are. */
  home: string;
  /** What is younger is kept. */
  olderThanMs: number;
  /** false: only finds out what would go. */
  remove: boolean;
  /** Artifacts are kept for so long, stages at least: artifacts are stored before the stage that made them says so, stages before their sweep is there. Default one hour. */
  graceMs?: number;
}

export interface Pruned {
  /** That no sweep has: dropped by an edit, or left by a submission that was cut off. */
  stages: number;
  /** Events of sweeps that have ended, and of the installation. */
  events: number;
  /** Logs of attempts; previews of training runs that never ended go with them. */
  logs: number;
  /** Ends of training runs that successive halving kept for longer ones, of sweeps that need them no more; their files are among the artifacts. */
  states: number;
  /** Files that are no program, and that no stage's output and no log that is kept refers to. */
  artifacts: { count: number; bytes: number };
  /** Of stages that are done, that ended otherwise long ago, or that do not exist. */
  checkpoints: { count: number; bytes: number };
  /** Unpacked programs that no sweep names and that were not run lately; they are unpacked again when they are needed. */
  programs: { count: number; bytes: number };
}

const anHour = 3_600_000;
const isHash = /^[0-9a-f]{64}$/;
const hashLength = 64;

/** Removes what no sweep's result refers to and nobody will read: sweeps and their stages stay, with their outputs and metrics. Throws 'database.outdated'. */
export async function prune({ db, artifacts }: Store, options: PruneOptions): Promise<Pruned> {
  // of a newer schema it does not know what refers to a file
  await requireCurrentSchema(db);
  return {
    // before logs and files, which they refer to
    stages: await pruneStages(db, options),
    events: await pruneEvents(db, options),
    // before the files: the logs of now are the unreferred files of a moment later
    logs: await pruneLogs(db, options),
    states: await pruneStates(db, options),
    artifacts: await pruneArtifacts({ db, artifacts }, options),
    checkpoints: await pruneCheckpoints(db, options),
    programs: await prunePrograms(db, options),
  };
}

const atOnce = 10_000;
const old = (column: string): string => `${column} < clock_timestamp() - $1 * interval '1 ms'`;

const oldEvents = `from events e where ${old('e.at')} and not exists (select from sweeps w where w.id = e.sweep_id and w.state = 'running')`;
/** What was uploaded of logs while their attempts ran, and not removed since because their workers were killed. */
const oldParts = `from attempts a where ${old('a.ended_at')} and a.log_hash is null and a.log is null and exists (select from log_parts p where p.stage_id = a.stage_id and p.token = a.token)`;
const oldLogs = `from attempts a where (a.log_hash is not null or a.log is not null) and ${old('a.ended_at')}`;

async function pruneStages(db: Queryable, { olderThanMs, remove, graceMs = anHour }: PruneOptions): Promise<number> {
  const [found] = await rows<{ n: number }>(db, `select ${remove ? 'delete_loose_stages($1)' : 'cardinality(loose_stages($1))'} as n`, [Math.max(olderThanMs, graceMs)]);
  return found?.n ?? 0;
}

async function pruneEvents(db: Queryable, { olderThanMs, remove }: PruneOptions): Promise<number> {
  if (!remove) return countOf(db, oldEvents, olderThanMs);
  return repeatedly(db, `with gone as (delete from events where position in (select e.position ${oldEvents} limit ${atOnce}) returning 1) select count(*)::int as n from gone`, olderThanMs);
}

async function pruneLogs(db: Queryable, { olderThanMs, remove }: PruneOptions): Promise<number> {
  if (!remove) return (await countOf(db, oldLogs, olderThanMs)) + (await countOf(db, oldParts, olderThanMs));
  const logs = await repeatedly(db, `with gone as (update attempts set log_hash = null, log = null where (stage_id, token) in (select a.stage_id, a.token ${oldLogs} limit ${atOnce}) returning 1) select count(*)::int as n from gone`, olderThanMs);
  const [parts] = await rows<{ n: number }>(db, `
    with gone as (delete from log_parts p using attempts a where a.stage_id = p.stage_id and a.token = p.token and ${old('a.ended_at')} returning p.stage_id, p.token)
    select count(distinct (stage_id, token))::int as n from gone`, [olderThanMs]);
  await rows(db, `with gone as (delete from stage_previews p using attempts a where a.stage_id = p.stage_id and a.token = p.token and ${old('a.ended_at')} returning 1) select count(*) from gone`, [olderThanMs]);
  return logs + (parts?.n ?? 0);
}

async function countOf(db: Queryable, from: string, olderThanMs: number): Promise<number> {
  const [found] = await rows<{ n: number }>(db, `select count(*)::int as n ${from}`, [olderThanMs]);
  return found?.n ?? 0;
}

/** A statement that removes so many at a time, until there are no more: no lock is held for long. */
async function repeatedly(db: Queryable, statement: string, olderThanMs: number): Promise<number> {
  for (let sum = 0; ;) {
    const [found] = await rows<{ n: number }>(db, statement, [olderThanMs]);
    sum += found?.n ?? 0;
    if ((found?.n ?? 0) < atOnce) return sum;
  }
}

/**
 * Of a training's state as output o, $2 and $3 being the ages below: whether no sweep with halving may go on from it any more. One that is done has all of its training runs;
 * one that ended otherwise may be retried, and then needs it.
 */
const isIdleState = `(o.name = 'state' and exists (select from stages s where s.id = o.stage_id and s.kind = 'train' and s.state = 'done' and s.ended_at < clock_timestamp() - $3 * interval '1 ms')
  and not exists (
    select from sweep_stages ss join sweeps w on w.id = ss.sweep_id
    where ss.stage_id = o.stage_id and w.spec->'race'->>'kind' = 'halving' and (w.ended_at is null or w.ended_at >= clock_timestamp() - interval '1 ms' * case
      when w.state = 'done' and (w.spec->'race'->>'over')::boolean then $3::float8 else greatest($2::float8, $3::float8) end)))`;

/** Forgets states that nothing goes on from: a training that would, later, starts from nothing, with the same result. */
async function pruneStates(db: Queryable, { olderThanMs, remove, graceMs = anHour }: PruneOptions): Promise<number> {
  const those = `from stage_outputs o where ${isIdleState} and o.name = $1`;
  const [found] = await rows<{ n: number }>(db, remove ? `with gone as (delete ${those} returning 1) select count(*)::int as n from gone` : `select count(*)::int as n ${those}`, ['state', olderThanMs, graceMs]);
  return found?.n ?? 0;
}

/** $1: hashes; $2: logs of attempts that ended so many ms ago do not count. Those of the hashes that something refers to. */
const referredTo = `
  select hash from stage_outputs o where hash = any($1) and not ${isIdleState}
  union select contents from programs where contents = any($1)
  union select log_hash from attempts where log_hash = any($1) and (ended_at is null or ended_at >= clock_timestamp() - $2 * interval '1 ms')`;

async function pruneArtifacts({ db, artifacts }: Pick<Store, 'db' | 'artifacts'>, { olderThanMs, remove, graceMs = anHour }: PruneOptions): Promise<Pruned['artifacts']> {
  const before = Date.now() - graceMs;
  const sum = { count: 0, bytes: 0 };
  const pruneBatch = async (batch: { hash: string; sizeBytes: number; at: number }[]): Promise<void> => {
    const hashes = batch.map(({ hash }) => hash);
    const kept = new Set((await rows<{ hash: string }>(db, referredTo, [hashes, olderThanMs, graceMs])).map(({ hash }) => hash));
    const gone = batch.filter(({ hash }) => !kept.has(hash));
    // an output that is being recorded refers to its row and keeps it
    if (remove) await db.query('delete from artifacts a where hash = any($1) and not exists (select from stage_outputs o where o.hash = a.hash)', [gone.map(({ hash }) => hash)]);
    for (const { hash, sizeBytes, at } of gone) {
      if (remove) await artifacts.remove(hash, at);
      sum.count += 1;
      sum.bytes += sizeBytes;
    }
  };
  const batch: { hash: string; sizeBytes: number; at: number }[] = [];
  for await (const file of artifacts.list()) {
    if (file.at > before) continue;
    batch.push(file);
    if (batch.length >= 1000) await pruneBatch(batch.splice(0));
  }
  await pruneBatch(batch);
  return sum;
}

async function pruneCheckpoints(db: Queryable, { home, olderThanMs, remove, graceMs = anHour }: PruneOptions): Promise<Pruned['checkpoints']> {
  const folder = join(home, 'checkpoints');
  const names = await readdir(folder).catch(() => [] as string[]);
  const needed = await rows<{ id: string; state: string }>(db, 'select id, state from stages where id = any($1)', [names]);
  const stateOf = new Map(needed.map(({ id, state }) => [id, state]));
  const sum = { count: 0, bytes: 0 };
  for (const name of names.filter((id) => isHash.test(id))) {
    const state = stateOf.get(name);
    if (state !== undefined && ['waiting', 'ready', 'running'].includes(state)) continue;
    // one of a stage that failed or was cancelled lets a retry go on
    const keptForMs = state === 'done' ? graceMs : Math.max(olderThanMs, graceMs);
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs < keptForMs) continue;
    sum.count += 1;
    sum.bytes += await sizeOfFolder(join(folder, name));
    if (remove) await rm(join(folder, name), { recursive: true, force: true });
  }
  return sum;
}

/** An unpacked program's folder, which a run marks with the time at which it begins. */
async function prunePrograms(db: Queryable, { home, remove, graceMs = anHour }: PruneOptions): Promise<Pruned['programs']> {
  const folder = join(home, 'programs');
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => isHash.test(name));
  const used = new Set(await programsInUse(db, names));
  const sum = { count: 0, bytes: 0 };
  for (const name of names.filter((each) => !used.has(each))) {
    const { mtimeMs } = await stat(join(folder, name)).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs < graceMs) continue;
    sum.count += 1;
    sum.bytes += await sizeOfFolder(join(folder, name));
    if (remove) await rm(join(folder, name), { recursive: true, force: true });
  }
  if (remove) await forgetHeld(home);
  return sum;
}

/** What runs of a program held in memory is kept as long as it is unpacked. */
async function forgetHeld(home: string): Promise<void> {
  const folder = join(home, 'program-memory');
  const unpacked = new Set(await readdir(join(home, 'programs')).catch(() => [] as string[]));
  for (const name of await readdir(folder).catch(() => [] as string[])) {
    if (!unpacked.has(name.slice(0, hashLength))) await rm(join(folder, name), { force: true });
  }
}

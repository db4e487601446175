import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { ElucidateError } from '@elucidate/experiment/errors';
import { migrationNames } from '@elucidate/migrations/all';
import type { EntityManager } from 'typeorm';
import { openFolder } from '../artifact-stores/folder.js';
import type { ArtifactStore } from '../artifacts.js';
import { connect, migrationsTable } from '../data-source.js';
import { migrate } from '../migrate.js';
import { quoted, rows } from '../queryable.js';
import { liftTimeLimits } from '../session.js';
import type { Store } from '../store.js';
import { linesOf } from './lines.js';
import { artifactsFolder, logEmpty, logTable, readManifest, tableFile, type Manifest, type TableCopy } from './manifest.js';
import { tablesInOrder } from './tables.js';

export interface RestoreOptions {
  /** A folder that writeBackup made. */
  folder: string;
  log(line: string): void;
}

/**
 * Fills an empty database from a back-up of this or an earlier version: its schema as it was then, its rows, then the migrations since. All or nothing.
 * Leases held at the time of the back-up are given back uncounted. Throws 'request.invalid', 'request.conflict' if the database has sweeps, 'database.outdated', 'data.corrupt'.
 */
export async function restoreDatabase(url: string, { folder, log }: RestoreOptions): Promise<Manifest> {
  const manifest = await readManifest(folder);
  const unknown = manifest.migrations.filter((name) => !migrationNames.includes(name));
  if (unknown.length > 0) throw new ElucidateError('database.outdated', `The back-up ${folder} is of a newer elucidate: it has ${unknown.join(', ')}; update elucidate, then restore it`);
  await requireEmpty(url);
  await migrate(url, manifest.migrations);
  const db = await connect({ url, poolSize: 2 });
  try {
    await db.transaction((tx) => fill(tx, manifest, { folder, log }));
  } finally {
    await db.destroy();
  }
  await migrate(url);
  return manifest;
}

async function requireEmpty(url: string): Promise<void> {
  const db = await connect({ url, poolSize: 1 });
  try {
    const tables = (await tablesInOrder(db)).map(({ name }) => name);
    const [{ found }] = tables.includes('sweeps') ? await rows<{ found: boolean }>(db, 'select exists(select from sweeps) or exists(select from stages) as found') as [{ found: boolean }] : [{ found: false }];
    if (found) throw new ElucidateError('request.conflict', 'The database already has sweeps; a back-up is restored into an empty one: name another with DATABASE_URL, or another ELUCIDATE_HOME');
    // the schema of the back-up may be an earlier one
    const [{ applied }] = tables.length === 0 ? [{ applied: 0 }] : await rows<{ applied: number }>(db, `select count(*)::int as applied from ${migrationsTable}`) as [{ applied: number }];
    for (let undone = 0; undone < applied; undone++) await db.undoLastMigration();
  } finally {
    await db.destroy();
  }
}

async function fill(tx: EntityManager, { tables, sequences }: Manifest, { folder, log }: RestoreOptions): Promise<void> {
  await liftTimeLimits(tx);
  const there = await tablesInOrder(tx);
  // what migrations put in is in the back-up too, as it was then
  await tx.query(`truncate ${there.map(({ name }) => quoted(name)).join(', ')}`);
  for (const table of tables) {
    await tx.query(`alter table ${quoted(table.name)} disable trigger user`);
    await fillTable(tx, table, tableFile(folder, table.name));
    await tx.query(`alter table ${quoted(table.name)} enable trigger user`);
    logTable(table, log);
  }
  logEmpty(tables, log);
  for (const { name, last, called } of sequences) await tx.query('select setval($1::regclass, $2, $3)', [quoted(name), last, called]);
  await leaveWorkersBehind(tx, there.map(({ name }) => name));
}

/** The workers in the back-up, their leases and their artifact folder are not this installation's. */
async function leaveWorkersBehind(tx: EntityManager, tables: readonly string[]): Promise<void> {
  await tx.query(`update attempts set outcome = 'released', ended_at = clock_timestamp() where ended_at is null`);
  const running = await rows<{ id: string }>(tx, `select id from stages where state = 'running'`);
  await tx.query(`update stages set state = 'ready', worker_id = null, lease_expires_at = null, progress = null, ready_at = clock_timestamp() where state = 'running'`);
  // a sweep that is being stopped may be over now
  if (tables.includes('unsettled_stages')) await tx.query('insert into unsettled_stages (stage_id) select unnest($1::text[]) on conflict do nothing', [running.map(({ id }) => id)]);
  await tx.query(`update workers set state = 'gone'`);
  if (tables.includes('artifact_place')) await tx.query('delete from artifact_place');
}

const batchLength = 4 * 2 ** 20;

async function fillTable(tx: EntityManager, { name, columns, sha256, rows: expected }: TableCopy, file: string): Promise<void> {
  const list = columns.map(quoted).join(', ');
  const hash = createHash('sha256');
  let batch: string[] = [];
  let length = 0;
  let count = 0;
  const insert = async (): Promise<void> => {
    if (batch.length > 0) await tx.query(`insert into ${quoted(name)} (${list}) overriding system value select ${list} from json_populate_recordset(null::${quoted(name)}, $1::json)`, [`[${batch.join(',')}]`]);
    [batch, length] = [[], 0];
  };
  try {
    for await (const line of linesOf(createReadStream(file).pipe(createGunzip()))) {
      hash.update(`${line}\n`);
      batch.push(line);
      count += 1;
      length += line.length;
      if (length > batchLength) await insert();
    }
  } catch (cause) {
    throw damaged(file, (cause as Error).message, cause);
  }
  if (hash.digest('hex') !== sha256 || count !== expected) throw damaged(file, `its lines have another checksum than the ${expected} that were written`);
  await insert();
}

const damaged = (file: string, why: string, cause?: unknown): ElucidateError =>
  new ElucidateError('data.corrupt', `${file} is not as it was written (${why}); nothing was restored: use another copy of this back-up`, { cause });

/** Puts a back-up's artifacts into a store, checked; those that are there already are left alone. Returns how many were added. */
export async function restoreArtifacts(artifacts: ArtifactStore, folder: string, hashes: readonly string[]): Promise<number> {
  const source = await openFolder(artifactsFolder(folder));
  const [there, copied] = [await artifacts.hasMany(hashes), await source.hasMany(hashes)];
  const wanted = hashes.filter((hash) => copied.has(hash) && !there.has(hash));
  for (const hash of wanted) await artifacts.put(source.openRead(hash), '');
  return wanted.length;
}

/** The artifacts that outputs and logs refer to, and those of them that the store lacks. */
export async function artifactsReferredTo({ db, artifacts }: Store): Promise<{ all: string[]; lost: string[] }> {
  const all = (await rows<{ hash: string }>(db, 'select hash from stage_outputs union select log_hash from attempts where log_hash is not null')).map(({ hash }) => hash);
  const there = await artifacts.hasMany(all);
  return { all, lost: all.filter((hash) => !there.has(hash)) };
}

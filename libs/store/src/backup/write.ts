import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { QueryRunner } from 'typeorm';
import { openFolder } from '../artifact-stores/folder.js';
import { migrationsTable } from '../data-source.js';
import { appliedMigrations, refuseNewer } from '../migrate.js';
import { quoted, rows } from '../queryable.js';
import { liftTimeLimits } from '../session.js';
import type { Store } from '../store.js';
import { artifactsFolder, logEmpty, logTable, manifestFile, tableFile, type Manifest, type SequenceCopy, type TableCopy } from './manifest.js';
import { tablesInOrder, type Table } from './tables.js';

export interface BackupOptions {
  /** A folder that does not exist yet, or is empty. It appears when it is complete. */
  folder: string;
  /** false: the database alone. */
  artifacts: boolean;
  log(line: string): void;
}

/** Copies the database, as it is at one moment, and the artifacts that it knows. Work goes on meanwhile. Throws 'request.invalid', 'disk.full', 'database.outdated' if the schema is newer than this code, which does not know what to copy of it. */
export async function writeBackup(store: Pick<Store, 'db' | 'artifacts'>, { folder, artifacts, log }: BackupOptions): Promise<Manifest> {
  const inTheWay = await readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : [folder]));
  if (inTheWay.length > 0) throw new ElucidateError('request.invalid', `${folder} is not an empty folder; name one that does not exist yet`);
  const draft = `${folder}.partial`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(`${draft}/tables`, { recursive: true, mode: 0o700 });
  const { hashes, ...database } = await copyDatabase(store, draft, log);
  const manifest: Manifest = { format: 1, at: new Date().toISOString(), ...database, artifacts: artifacts ? await copyArtifacts(store, { hashes, to: artifactsFolder(draft), log }) : null };
  await writeFile(manifestFile(draft), JSON.stringify(manifest, null, 2));
  await rename(draft, folder);
  return manifest;
}

async function copyDatabase({ db }: Pick<Store, 'db'>, draft: string, log: (line: string) => void): Promise<Pick<Manifest, 'migrations' | 'tables' | 'sequences'> & { hashes: string[] }> {
  const runner = db.createQueryRunner();
  try {
    await runner.query('begin isolation level repeatable read, read only');
    await liftTimeLimits(runner);
    const migrations = await appliedMigrations(runner);
    refuseNewer(migrations);
    const tables: TableCopy[] = [];
    for (const table of await tablesInOrder(runner)) {
      const copied = await copyTable(runner, table, tableFile(draft, table.name));
      tables.push(copied);
      logTable(copied, log);
    }
    logEmpty(tables, log);
    const sequences = await copySequences(runner);
    const hashes = (await rows<{ hash: string }>(runner, 'select hash from artifacts union select log_hash from attempts where log_hash is not null')).map(({ hash }) => hash);
    return { migrations, tables, sequences, hashes };
  } finally {
    await runner.query('rollback').catch(() => undefined);
    await runner.release();
  }
}

const atOnce = 1000;

async function copyTable(runner: QueryRunner, { name, columns }: Table, file: string): Promise<TableCopy> {
  const hash = createHash('sha256');
  let count = 0;
  // json, not jsonb, which would lose the sign of zero
  await runner.query(`declare backup no scroll cursor for select row_to_json(t)::text as line from (select ${columns.map(quoted).join(', ')} from ${quoted(name)}) t`);
  async function* lines(): AsyncGenerator<string> {
    for (;;) {
      const found = (await runner.query(`fetch ${atOnce} from backup`)) as { line: string }[];
      if (found.length === 0) return;
      count += found.length;
      const text = found.map(({ line }) => `${line}\n`).join('');
      hash.update(text);
      yield text;
    }
  }
  await pipeline(lines, createGzip(), createWriteStream(file, { mode: 0o600 }));
  await runner.query('close backup');
  return { name, columns, rows: count, sha256: hash.digest('hex') };
}

async function copySequences(runner: QueryRunner): Promise<SequenceCopy[]> {
  const names = await rows<{ name: string }>(runner, `select relname as name from pg_class where relkind = 'S' and relnamespace = current_schema()::regnamespace and relname not like $1 order by relname`, [`${migrationsTable}%`]);
  const copies: SequenceCopy[] = [];
  for (const { name } of names) {
    const [value] = await rows<Omit<SequenceCopy, 'name'>>(runner, `select last_value::text as last, is_called as called from ${quoted(name)}`);
    if (value) copies.push({ name, ...value });
  }
  return copies;
}

async function copyArtifacts({ artifacts }: Pick<Store, 'artifacts'>, { hashes, to, log }: { hashes: readonly string[]; to: string; log(line: string): void }): Promise<NonNullable<Manifest['artifacts']>> {
  const target = await openFolder(to);
  const missing: string[] = [];
  let bytes = 0;
  for (const [i, hash] of hashes.entries()) {
    try {
      bytes += (await target.put(artifacts.openRead(hash), '')).sizeBytes;
    } catch (error) {
      if (!(error instanceof ElucidateError) || !['artifact.missing', 'artifact.corrupt'].includes(error.code)) throw error;
      missing.push(hash);
      log(`not copied: ${error.message}`);
    }
    if ((i + 1) % 1000 === 0) log(`artifacts: ${i + 1} of ${hashes.length}`);
  }
  return { copied: hashes.length - missing.length, bytes, missing };
}

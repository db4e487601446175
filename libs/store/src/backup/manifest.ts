import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { plural } from '@elucidate/experiment/plural';

/** A table of a back-up: its rows are JSON objects, one a line, in tables/<name>.ndjson.gz. */
export interface TableCopy {
  name: string;
  columns: readonly string[];
  rows: number;
  /** sha256 of the lines. */
  sha256: string;
}

export interface SequenceCopy {
  name: string;
  /** A bigint as text, and whether it has been given out. */
  last: string;
  called: boolean;
}

/** manifest.json of a back-up, written last: a folder without one is not whole. */
export interface Manifest {
  format: 1;
  at: string;
  /** Migrations of the database, in their order. */
  migrations: readonly string[];
  /** Tables with what they refer to before them. */
  tables: readonly TableCopy[];
  sequences: readonly SequenceCopy[];
  /** Files under artifacts/, by hash; null if they were left out. */
  artifacts: { copied: number; bytes: number; missing: readonly string[] } | null;
}

/** A line for a table that was copied, if it has rows. */
export function logTable({ name, rows }: TableCopy, log: (line: string) => void): void {
  if (rows > 0) log(`${name}: ${plural(rows, 'row')}`);
}

/** A line that counts those without. */
export const logEmpty = (tables: readonly TableCopy[], log: (line: string) => void): void => log(`${plural(tables.filter(({ rows }) => rows === 0).length, 'table')} without rows`);

export const manifestFile = (folder: string): string => join(folder, 'manifest.json');
export const tableFile = (folder: string, table: string): string => join(folder, 'tables', `${table}.ndjson.gz`);
export const artifactsFolder = (folder: string): string => join(folder, 'artifacts');

/** Throws 'request.invalid' if the folder holds no whole back-up, or one of a later format. */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(manifestFile(folder), 'utf8').catch((cause: unknown) => {
    throw new ElucidateError('request.invalid', `${folder} holds no whole back-up: ${manifestFile(folder)} cannot be read; name a folder that \`elucidate backup\` has finished`, { cause });
  });
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== 1) throw new ElucidateError('request.invalid', `${folder} is a back-up of format ${manifest.format}, which this version does not know; restore it with the version that wrote it`);
  return manifest;
}

import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { isAlive, owner } from './data-folder.js';

const run = promisify(execFile);

/** What a running server writes in its postmaster.pid. */
export interface Running {
  pid: number;
  port: number;
  /** starting, ready, stopping, standby. */
  status: string;
  /** Whether a keeper runs it, registered or about to be. */
  kept: boolean;
}

/**
 * The running server of a data folder (its real path), or null. A postmaster.pid left by a crash is removed if its process id belongs to another program by now:
 * PostgreSQL would refuse to start. Else it is left to PostgreSQL, which sees by it whether processes of the crashed server are still at work.
 */
export async function findRunning(dataDir: string): Promise<Running | null> {
  const file = join(dataDir, 'postmaster.pid');
  const look = (): Promise<string> => readFile(file, 'utf8').catch(() => '');
  const text = await look();
  const lines = text.split('\n');
  if (lines.length < 2) return null;
  const pid = Number(lines[0]);
  if (await isServer(pid, dataDir)) return { pid, port: Number(lines[3] ?? 0), status: (lines[7] ?? 'starting').trim(), kept: await isKept(pid) };
  // another process may have started a server meanwhile, whose file must stay
  if ((!Number.isInteger(pid) || isAlive(pid)) && (await look()) === text) await rm(file, { force: true });
  return null;
}

const hasProc = existsSync('/proc/self/cmdline');

/** What the kernel says of a process in a file of /proc, or `ps` on a system without: in the locale C, `ps` would write a folder's non-ASCII characters as "?". Empty for one that has ended. */
async function factOf(pid: number, file: string, psOptions: readonly string[]): Promise<string> {
  if (hasProc) return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return run('ps', ['-p', String(pid), ...psOptions]).then(({ stdout }) => stdout, () => '');
}

/** The command line of a process; nothing of one that has ended. */
export const commandOf = async (pid: number): Promise<string> => (await factOf(pid, 'cmdline', ['-ww', '-o', 'command='])).replaceAll('\0', ' ');

/** By command line, since process ids are reused. */
async function isServer(pid: number, dataDir: string): Promise<boolean> {
  const command = await commandOf(pid);
  return command.includes('postgres') && command.includes(`-D ${dataDir} `);
}

/** A server whose keeper was killed has another parent. */
async function isKept(pid: number): Promise<boolean> {
  // /proc says "PPid: 12" among other things, ps "12" alone
  const parent = /(?:^|^PPid:)\s*(\d+)\s*$/m.exec(await factOf(pid, 'status', ['-o', 'ppid=']))?.[1];
  return parent !== undefined && (await commandOf(Number(parent))).includes('keeper.cjs');
}

export const urlOf = (port: number, password: string, database: string = owner): string => `postgres://${owner}:${password}@127.0.0.1:${port}/${database}`;

/** What is to be behind a port, and how long it may take to answer there: where nothing listens a connection is refused at once, but a machine may be busy. */
export interface Served {
  dataDir: string;
  password: string;
  patienceMs: number;
}

/** Whether the server behind a port serves exactly this data folder; creates its database if it does not exist yet. */
export async function serves(port: number, { dataDir, password, patienceMs }: Served): Promise<boolean> {
  const client = new pg.Client({ connectionString: urlOf(port, password, 'postgres'), connectionTimeoutMillis: Math.max(1, patienceMs) });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ folder: string; exists: boolean }>(
      `select current_setting('data_directory') as folder, exists(select from pg_database where datname = $1) as exists`, [owner]);
    if (rows[0] === undefined || (await realpath(rows[0].folder)) !== dataDir) return false;
    // another process may be creating it: the next look finds it
    if (!rows[0].exists) await client.query(`create database ${owner}`);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { dataOwner, type Identity } from './identity.js';
import { withoutPostgresVariables } from './environment.js';
import { leashed, type Leash } from './leash.js';

/** The superuser, and the database, of an embedded server. */
export const owner = 'elucidate';

/** Next to PostgreSQL's own files, so that data and password are moved and removed together; only the owner can read the folder. */
const passwordFile = (dataDir: string): string => join(dataDir, 'elucidate.password');

export const readPassword = (dataDir: string): Promise<string> =>
  readFile(passwordFile(dataDir), 'utf8').catch((cause: unknown) => {
    throw new ElucidateError('embedded.unavailable', `${passwordFile(dataDir)} is missing: ${dataDir} was not created by elucidate; use another folder, or set DATABASE_URL`, { cause });
  });

export interface DataFolderOptions {
  native: string;
  identity: Identity;
  leash: Leash;
  durable: boolean;
}

/** Creates a data folder if it does not exist, completely or not at all: initdb works in a folder next to it, which is then renamed. */
export async function ensureDataFolder(dataDir: string, options: DataFolderOptions): Promise<void> {
  if (await stat(join(dataDir, 'PG_VERSION')).catch(() => null)) return;
  await mkdir(dirname(dataDir), { recursive: true });
  const draft = `${dataDir}.initdb-${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await initialise(draft, options);
    await rename(draft, dataDir).catch(async (error: NodeJS.ErrnoException) => {
      // another process was faster: both use its folder
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code ?? '') || !(await stat(join(dataDir, 'PG_VERSION')).catch(() => null))) throw error;
    });
  } catch (cause) {
    const { message } = cause as Error;
    throw new ElucidateError('embedded.unavailable', `Cannot create a database in ${dataDir}: ${message}; fix that, or set DATABASE_URL`, { cause });
  } finally {
    await removeDrafts(dataDir, draft);
  }
}

/** Removes our own drafts, and those of processes killed while creating one, whose initdb may still write for a moment. */
export async function removeDrafts(dataDir: string, own: string): Promise<void> {
  const start = `${basename(dataDir)}.initdb-`;
  for (const name of await readdir(dirname(dataDir))) {
    if (!name.startsWith(start)) continue;
    const pid = Number.parseInt(name.slice(start.length), 10);
    if (name.startsWith(basename(own)) || !isAlive(pid)) await rm(join(dirname(dataDir), name), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Whether there is a process of this number, whatever it is. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function initialise(draft: string, { native, identity, leash, durable }: DataFolderOptions): Promise<void> {
  await mkdir(draft, { mode: 0o700 });
  const [pwfile, log] = [`${draft}.password`, `${draft}.log`];
  await writeFile(pwfile, randomBytes(24).toString('hex'), { mode: 0o600 });
  const uid = dataOwner[identity];
  if (uid !== null) for (const path of [draft, pwfile]) await chown(path, uid, uid);
  const output = await open(log, 'w', 0o600);
  const initdb = [
    join(native, 'bin', 'initdb'), '-D', draft, '-U', owner, `--pwfile=${pwfile}`, '--auth=scram-sha-256', '--encoding=UTF8',
    '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', ...(durable ? [] : ['--no-sync']),
  ];
  const [file = '', ...args] = leashed(initdb, { identity, leash });
  const child = spawn(file, args, { stdio: ['ignore', output.fd, output.fd], detached: true, env: withoutPostgresVariables(process.env) });
  const [code] = await once(child, 'exit').finally(() => output.close());
  if (code !== 0) throw new Error(`initdb: ${(await readFile(log, 'utf8')).trim().split('\n').slice(-3).join(' ')}`);
  await rename(pwfile, passwordFile(draft));
}

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { redisIsInstalled } from './redis-server.js';
import type { Need, Scenario } from './scenario.js';

const libraries = '/usr/lib';

/** The library that gives a process a wrong clock, where Debian or Fedora put it. */
export function faketimeLibrary(): string | undefined {
  if (!existsSync(libraries)) return undefined;
  const folders = [libraries, ...readdirSync(libraries).map((name) => join(libraries, name))];
  return folders.flatMap((folder) => [join(folder, 'faketime', 'libfaketimeMT.so.1')]).find((file) => existsSync(file));
}

const namespacesWork = (): boolean => process.getuid?.() === 0 && spawnSync('unshare', ['--mount', '--net', 'ip', 'link']).status === 0;

/** Why this machine does not have something; null if it has. */
const reasons: Readonly<Record<Need, () => string | null>> = {
  'linux': () => (process.platform === 'linux' ? null : 'needs Linux'),
  'root': () => (namespacesWork() ? null : 'needs root and namespaces for mounts and network (unshare, ip)'),
  'faketime': () => (faketimeLibrary() !== undefined ? null : 'needs libfaketime'),
  'own-postgres': () => (process.env['ELUCIDATE_TEST_POSTGRES'] === undefined ? null : 'kills PostgreSQL, and the one at ELUCIDATE_TEST_POSTGRES is not ours'),
  'redis-server': () => (redisIsInstalled() ? null : 'needs redis-server on the PATH'),
};

/** Why a scenario cannot be run here; null if it can. Call it before the private PostgreSQL is started. */
export function whyNot({ needs = [] }: Scenario): string | null {
  return needs.map((need) => reasons[need]()).find((reason) => reason !== null) ?? null;
}

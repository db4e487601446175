import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where 127.0.0.1 and process ids mean the same: a machine, or a container on it. */
export interface Host {
  name: string;
  /** Different for two machines of one name, two containers of one machine, and after a restart. */
  id: string;
}

/** In a data folder: the host whose keeper runs its server, and a number that the keeper changes every two seconds. Written by keeper.cjs. */
export const hostFile = (dataDir: string): string => join(dataDir, 'elucidate.host');

/** A host that has not changed its number for so long does not run the server any more. */
const silentMs = 10_000;

const read = (how: () => string): string => {
  try {
    return how().trim();
  } catch {
    return '';
  }
};

/** This host. */
export function thisHost(): Host {
  const namespaces = ['net', 'pid'].map((kind) => read(() => readlinkSync(`/proc/self/ns/${kind}`)));
  return { name: hostname(), id: [hostname(), read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')), ...namespaces].join(' ') };
}

/**
 * The other host whose keeper is alive and runs the server of a data folder, such as one on a network file system; null if there is none. The file of one
 * that is silent, because it crashed, is removed.
 */
export async function otherHost(dataDir: string, here: Host): Promise<string | null> {
  const look = (): Promise<string> => readFile(hostFile(dataDir), 'utf8').catch(() => '');
  const first = await look();
  const host = parse(first);
  if (host === null || host.id === here.id) return null;
  for (const began = performance.now(); performance.now() - began < silentMs; await sleep(200)) {
    const now = await look();
    if (now !== first) return parse(now)?.name ?? null;
  }
  await rm(hostFile(dataDir), { force: true });
  return null;
}

function parse(text: string): Host | null {
  try {
    return JSON.parse(text) as Host;
  } catch {
    return null;
  }
}

import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Processes as /proc (Linux) shows them. */

/** Sends a signal; a process that has ended meanwhile is no error. */
export function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}

const text = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** The children of a process: of a worker, its stage processes. */
export async function childrenOf(pid: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = await Promise.all(pids.map(async (other) => /\) \S (\d+)/.exec(await text(`/proc/${other}/stat`))?.[1]));
  return pids.filter((_, index) => Number(parents[index]) === pid);
}

/** Waits until a process that was sent SIGSTOP has stopped, or ended. */
export async function untilFrozen(pid: number): Promise<void> {
  for (;; await sleep(1)) {
    const state = /\) (\S)/.exec(await text(`/proc/${pid}/stat`))?.[1];
    if (state === undefined || 'TtZX'.includes(state)) return;
  }
}

/** How a process sees the mount at a folder: "ro,relatime tmpfs rw,size=64k"; undefined if none is there. */
export async function mountOf(pid: number, folder: string): Promise<string | undefined> {
  const mounts = (await text(`/proc/${pid}/mountinfo`)).split('\n').map((line) => line.split(' '));
  const found = mounts.findLast((fields) => fields[4] === folder);
  return found && [found[5], ...found.slice(found.indexOf('-') + 1)].join(' ');
}

/** Of some processes, the one that holds the socket with this local TCP port. */
export async function ownerOfPort(port: number, pids: readonly number[]): Promise<number | undefined> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const sockets = `${await text('/proc/net/tcp')}${await text('/proc/net/tcp6')}`.split('\n').map((line) => line.trim().split(/\s+/));
  const inode = sockets.find(([, local]) => local?.endsWith(`:${hex}`))?.[9];
  for (const pid of pids) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
    if (inode !== undefined && targets.includes(`socket:[${inode}]`)) return pid;
  }
  return undefined;
}

/** The most memory that a process has held, in bytes; 0 if it has ended. */
export const peakMemory = async (pid: number): Promise<number> => 1024 * Number(/VmHWM:\s+(\d+)/.exec(await text(`/proc/${pid}/status`))?.[1] ?? 0);

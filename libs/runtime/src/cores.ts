import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';

/** Reads a file of the kernel; undefined if there is none. */
export type ReadText = (path: string) => string | undefined;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
};

/** Cores that this process may use: what Slurm gave the task and the container's limit, if there are any, else those that the system lets it run on. At least one. */
export function coresHere(variables: NodeJS.ProcessEnv = process.env, read: ReadText = readText, available = availableParallelism()): number {
  const perTask = Number(variables['SLURM_CPUS_PER_TASK']);
  const limits = [available, cgroupCores(read), perTask > 0 ? perTask : Infinity];
  return Math.max(1, Math.floor(Math.min(...limits)));
}

/** The CPU limit of this process's control groups, in cores; Infinity without one. */
export function cgroupCores(read: ReadText): number {
  const groups = (read('/proc/self/cgroup') ?? '').split('\n').map((line) => line.split(':'));
  const unified = groups.find(([id]) => id === '0')?.[2];
  const legacy = groups.find(([, controllers]) => controllers?.split(',').includes('cpu'))?.[2];
  return Math.min(
    ...ancestorsOf(unified).map((group) => quotaV2(read(join('/sys/fs/cgroup', group, 'cpu.max')))),
    ...ancestorsOf(legacy).map((group) => quotaV1(read, join('/sys/fs/cgroup/cpu', group))),
    Infinity,
  );
}

/** A group and those it is in: the limit of each holds. In a container its own group is the root. */
function ancestorsOf(group: string | undefined): string[] {
  if (group === undefined) return [];
  return group === '/' ? ['/'] : [group, ...ancestorsOf(dirname(group))];
}

/** "200000 100000" is two cores, "max 100000" no limit. */
function quotaV2(text: string | undefined): number {
  const [quota, period] = (text ?? 'max').trim().split(' ').map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity;
}

function quotaV1(read: ReadText, folder: string): number {
  const [quota, period] = ['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => Number(read(join(folder, name)) ?? -1));
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : Infinity;
}

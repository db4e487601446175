import { readdir, readFile } from 'node:fs/promises';

/** Bytes of the processes of a group, pages that they share counted for each. */
export interface GroupBytes {
  /** Held in memory now. */
  held: number;
  /** The most that each has held, together: at least what they held at one time. */
  peak: number;
}

/** What the processes of a group hold in memory; 0 where there is no /proc. */
export async function groupBytes(group: number): Promise<GroupBytes> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const shares = await Promise.all(pids.map(async (pid): Promise<GroupBytes> => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // the name, in parentheses, may itself contain anything
    const [, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(processGroup) !== group) return { held: 0, peak: 0 };
    // stat counts pages, whose size differs between machines; status counts kibibytes
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const bytes = (name: string): number => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0);
    return { held: bytes('VmRSS'), peak: bytes('VmHWM') };
  }));
  return shares.reduce((sum, { held, peak }) => ({ held: sum.held + held, peak: sum.peak + peak }), { held: 0, peak: 0 });
}

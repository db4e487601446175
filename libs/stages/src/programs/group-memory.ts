import { readdir, readFile } from 'node:fs/promises';

/** Bytes that the processes of a group hold in memory, pages that they share counted for each. 0 where there is no /proc. */
export async function groupBytes(group: number): Promise<number> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const shares = await Promise.all(pids.map(async (pid) => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    // the name, in parentheses, may itself contain anything
    const [, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(processGroup) !== group) return 0;
    // stat counts pages, whose size differs between machines; status counts kibibytes
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  }));
  return shares.reduce((sum, bytes) => sum + bytes, 0);
}

import { readFileSync } from 'node:fs';

/** The parent of a process, where /proc tells it; null elsewhere. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state ppid ...": the name may hold spaces and brackets
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Our parent, and npm above the shell it starts a script with: whoever of them goes, nobody waits for us any more. */
export function ancestors(): string {
  const chain = [process.ppid];
  if (process.env['npm_lifecycle_event'] !== undefined) chain.push(parentOf(process.ppid) ?? 0);
  return chain.join(' ');
}

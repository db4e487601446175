import { readFileSync } from 'node:fs';

/** The parent process id from /proc; null where there is no /proc. */
function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // "pid (name) state ppid ...": the name may contain spaces and brackets
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

/** Our parent, and npm above the shell in which it starts a script: once one of them has ended, nothing is waiting for us. */
export function ancestors(): string {
  const chain = [process.ppid];
  if (process.env['npm_lifecycle_event'] !== undefined) chain.push(parentOf(process.ppid) ?? 0);
  return chain.join(' ');
}

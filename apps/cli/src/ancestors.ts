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

/** npm or npx, and the shell in which it starts a script: once one of them has ended, nothing is waiting for us. Undefined without them: a command that a shell started, and put into the background, outlives it. */
export const npmAncestors = (): string | undefined => (process.env['npm_lifecycle_event'] === undefined ? undefined : `${process.ppid} ${parentOf(process.ppid) ?? 0}`);

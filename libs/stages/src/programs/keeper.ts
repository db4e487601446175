import { spawn, type ChildProcess } from 'node:child_process';
import type { FromKeeper, KeeperSetup, ToKeeper } from './keeper-messages.js';

/**
 * The process between a stage and the program that it runs. The program is the leader of a process group of its own; when it has ended, or
 * when the process that started this one has died, kill -9 included, whatever is left of the group is killed.
 */

const { command, args, cwd } = JSON.parse(process.argv[2]!) as KeeperSetup;
// what stops a worker reaches its whole process group; the stage decides what it means for the program
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {});

const program: ChildProcess = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'], detached: true });

function signal(name: NodeJS.Signals): void {
  if (program.pid === undefined) return;
  try {
    process.kill(-program.pid, name);
  } catch {
    // nothing is left of it
  }
}

function end(message: FromKeeper): void {
  signal('SIGKILL');
  if (process.connected) process.send!(message, () => process.exit(0));
  else process.exit(0);
}

process.on('disconnect', () => {
  signal('SIGKILL');
  process.exit(1);
});
process.on('message', ({ signal: name }: ToKeeper) => signal(name));
program.on('spawn', () => process.send!({ type: 'started', pid: program.pid! } satisfies FromKeeper));
program.on('error', ({ message, code }: NodeJS.ErrnoException) => end({ type: 'unstartable', message, ...(code !== undefined && { code }) }));
program.on('exit', (code, by) => end({ type: 'ended', code, signal: by }));

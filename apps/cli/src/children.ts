import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ElucidateError } from '@elucidate/experiment/errors';
import { exitCodes } from '@elucidate/shell/exit';
import { stopSignals } from '@elucidate/shell/stop-signal';

/** A child process that ends when we do: it exits when the IPC channel to us closes, for whatever reason. */
export interface OwnedProcess {
  child: ChildProcess;
  /** Resolves when it has ended, with its exit code or signal. */
  ended: Promise<string>;
  /** The last line it wrote to stderr. */
  lastError(): string;
  /** SIGTERM, then SIGKILL after the grace period. */
  stop(graceMs?: number): Promise<void>;
}

export interface OwnedProcessOptions {
  args?: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Its stdout and stderr go here. */
  logFile: string;
}

/** The built entry file of a workspace package, "@elucidate/api/main". */
const entryOf = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier));

/** Of a process that serves requests: what they leave is collected at 2 MB, not at 16, of which its resident memory keeps several times as much; and with a limit of a gigabyte V8 lets the rest grow by less between collections. */
const smallHeap = ['--max-semi-space-size=2', '--max-old-space-size=1024'];
const nodeOptions = (specifier: string): string[] => (specifier === '@elucidate/api/main' ? smallHeap : []);

/** Starts an entry file in a process group of its own, so that a Ctrl-C in the terminal reaches only us and we stop things in order. */
export function startOwned(specifier: string, { args = [], env, logFile }: OwnedProcessOptions): OwnedProcess {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = fork(entryOf(specifier), [...args], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: nodeOptions(specifier) });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  let errors = '';
  child.stderr?.on('data', (data) => (errors = `${errors}${String(data)}`.slice(-2000)));
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      log.end();
      resolve(signal ?? `exit code ${code}`);
    });
  });
  const lastError = (): string => errors.trim().split('\n').at(-1) ?? '';
  return { child, ended, lastError, stop: (graceMs = 15_000) => stop(child, ended, graceMs) };
}

async function stop(child: ChildProcess, ended: Promise<string>, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await ended;
  clearTimeout(timer);
}

/** Waits for the message `{ type, ... }` from the process; rejects, naming its log, when it ends first. */
export function messageFrom<T extends { type: string }>(owned: OwnedProcess, type: T['type'], logFile: string): Promise<T> {
  const message = new Promise<T>((resolve) => {
    owned.child.on('message', (m: unknown) => {
      if (typeof m === 'object' && m !== null && 'type' in m && m.type === type) resolve(m as T);
    });
  });
  const early = owned.ended.then(async (how) => {
    // its last line may still be on its way
    await Promise.race([once(owned.child, 'close'), sleep(1000)]);
    const why = owned.child.exitCode === exitCodes.environment ? owned.lastError() : '';
    throw new ElucidateError(why === '' ? 'stage.crashed' : 'process.unstartable', `A process of elucidate ended (${how}) before it was ready${why === '' ? '' : `: ${why}`}; see the end of ${logFile}`);
  });
  return Promise.race([message, early]);
}

/** Runs an entry file on our terminal until it ends, forwarding what asks it to stop; returns its exit code. */
export async function startOwnedForeground(specifier: string, { args, env }: Pick<OwnedProcessOptions, 'args' | 'env'>): Promise<number> {
  const child = fork(entryOf(specifier), [...(args ?? [])], { env, stdio: 'inherit', execArgv: nodeOptions(specifier) });
  // the child takes a signal to its whole group and this one for the same request
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const name of stopSignals) process.on(name, forward);
  const code = await new Promise<number>((resolve) => child.once('exit', (exit, signal) => resolve(exit ?? (signal ? 130 : 1))));
  for (const name of stopSignals) process.off(name, forward);
  return code;
}

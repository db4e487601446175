import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks } from '@elucidate/experiment/execution';
import { shortened } from '@elucidate/experiment/text-limits';
import { eachLine } from '../lines.js';
import { commandFile } from './command-file.js';
import { type Ending, exits, failureFrom } from './ending.js';
import { type GroupBytes, groupBytes } from './group-memory.js';
import type { FromKeeper, KeeperSetup, ToKeeper } from './keeper-messages.js';
import type { ProgramLimits } from './limits.js';
import { isProgressAlone, messageOf, mostMembers } from './messages.js';
import { thinnedLog } from './thinned-log.js';

export interface ProgramRun extends ExecuteHooks {
  command: readonly string[];
  /** Its working directory. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  limits: ProgramLimits;
  /** Called when it has ended, with the most bytes that its process group held in memory, and whether it ran to its end; not where that cannot be seen. */
  onHeld?(bytes: number, whole: boolean): Promise<void>;
}

/** From SIGTERM until it is killed: less than the ten seconds that a stage has to stop. */
const graceMs = 8000;
/** How long a program that SIGTERM ended waits for news that it was meant to: a batch system signals every process at once. */
const newsMs = 3000;
/** How long output may still arrive after the end, from processes that left the group. */
const drainMs = 2000;
/** Between two looks at its memory: the first, for runs of less than a second; the longest, under a limit and without one, for a look reads a file of each process of the machine. */
const memoryEveryMs = { first: 50, limited: 1000, free: 15_000 };
const progressEveryMs = 50;
/** Of its standard error: lines, and characters of each. */
const [keptLines, keptCharacters] = [20, 300];

/** Why it was ended from here. */
type Cause = 'stop' | 'time' | 'memory';

/**
 * Runs a program to its end and returns the versions that it reported. On abort it gets SIGTERM, and after eight seconds SIGKILL; nothing of its
 * process group outlives this. Throws stage.interrupted, stage.diverged, stage.failed, stage.crashed, stage.stalled, engine.out_of_memory, program.unavailable, program.needs_missing.
 */
export async function runProgram({ command, cwd, env, limits, signal, onProgress, onLog, onHeld }: ProgramRun): Promise<Readonly<Record<string, string>>> {
  signal.throwIfAborted();
  const title = command.join(' ');
  const file = await commandFile(command[0]!, { cwd, path: env['PATH'] });
  const setup: KeeperSetup = { command: file, args: command.slice(1), cwd };
  const keeper = fork(join(import.meta.dirname, '..', '..', 'dist', 'programs', 'keeper.js'), [JSON.stringify(setup)], { env, execArgv: [], detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const [log, said, versions] = [thinnedLog(onLog), [] as string[], {} as Record<string, string>];
  let progressAt = -Infinity;
  const stdout = eachLine(keeper.stdout!, (line) => {
    // one that reports every step may report thousands a second
    if (isProgressAlone(line)) {
      if (performance.now() - progressAt < progressEveryMs) return;
      progressAt = performance.now();
    }
    const message = messageOf(line);
    if (message === undefined) return log.push(line);
    if (message.progress) onProgress(message.progress);
    if (message.log !== undefined) log.push(message.log);
    for (const [name, version] of Object.entries(message.versions ?? {})) if (Object.hasOwn(versions, name) || Object.keys(versions).length < mostMembers) versions[name] = version;
  });
  const stderr = eachLine(keeper.stderr!, (line) => {
    said.push(shortened(line, keptCharacters));
    if (said.length > keptLines) said.shift();
    log.push(line);
  });
  let cause: Cause | undefined;
  let group: number | undefined;
  let [held, whole] = [0, false];
  const done = new AbortController();
  const tell = (message: ToKeeper): void => void keeper.send(message, () => {});
  const stop = (why: Cause): void => {
    if (cause !== undefined) return;
    cause = why;
    tell({ signal: why === 'memory' ? 'SIGKILL' : 'SIGTERM' });
    void wait(graceMs, undefined, { signal: done.signal }).then(() => tell({ signal: 'SIGKILL' }), () => {});
  };
  signal.addEventListener('abort', () => stop('stop'), { signal: done.signal });
  if (limits.runMs !== undefined) void wait(limits.runMs, undefined, { signal: done.signal }).then(() => stop('time'), () => {});
  const started = (pid: number): void => {
    group = pid;
    if (signal.aborted) stop('stop');
    const mostMs = limits.memoryBytes === undefined ? memoryEveryMs.free : memoryEveryMs.limited;
    void watchMemory(pid, { mostMs, signal: done.signal }, (bytes) => {
      held = Math.max(held, bytes.peak);
      if (limits.memoryBytes !== undefined && bytes.held > limits.memoryBytes) stop('memory');
    });
  };
  try {
    const { code, signal: by } = await ended(keeper, started);
    await Promise.race([Promise.all([stdout, stderr]), wait(drainMs, undefined, { signal: done.signal })]);
    const ending: Ending = { command: title, code, signal: by, said };
    if (cause === undefined && (code === exits.stopped || by === 'SIGTERM')) await Promise.race([once(signal, 'abort').catch(() => {}), wait(newsMs, undefined, { signal: done.signal })]);
    whole = code === 0 && cause !== 'memory';
    if (whole) return versions;
    const failure = signal.aborted && cause !== 'memory' && cause !== 'time' ? stopped(title, code) : cause === 'time' || cause === 'memory' ? beyond[cause](title, limits) : failureFrom(ending);
    if (failure) throw failure;
    return versions;
  } finally {
    done.abort();
    log.end();
    keeper.stdout?.destroy();
    keeper.stderr?.destroy();
    if (keeper.connected) keeper.disconnect();
    killed(group);
    if (held > 0) await onHeld?.(held, whole);
  }
}

/** What is left of a group whose keeper has ended: nothing, unless the keeper itself was killed. */
function killed(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // nothing is left
  }
}

const minutes = (ms = 0): string => `${Number((ms / 60_000).toPrecision(3))} minutes`;
const gibibytes = (bytes = 0): string => `${(bytes / 2 ** 30).toPrecision(3)} GiB`;

const stopped = (title: string, code: number | null): ElucidateError =>
  new ElucidateError('stage.interrupted', `The program \`${title}\` was stopped${code === exits.stopped ? '; it goes on from its checkpoint, if it wrote one, when the stage runs again' : ' before it said that it had a checkpoint (exit code 143)'}`);

const beyond: Readonly<Record<'time' | 'memory', (title: string, limits: ProgramLimits) => ElucidateError>> = {
  time: (title, { runMs }) => new ElucidateError('stage.stalled', `The program \`${title}\` was stopped after ${minutes(runMs)}, which is all that one run may take on this worker; raise ELUCIDATE_PROGRAM_MINUTES, or have it write checkpoints and go on from them`),
  memory: (title, { memoryBytes }) => new ElucidateError('engine.out_of_memory', `The program \`${title}\` and the processes it started held more than the ${gibibytes(memoryBytes)} of memory that they may on this worker; use a smaller batch or fewer processes, or raise ELUCIDATE_PROGRAM_MEMORY`),
};

/** A script whose first line names an interpreter that is not here cannot be found either; what is no program cannot be started anywhere. */
function unstartable({ message, code = '' }: Extract<FromKeeper, { type: 'unstartable' }>): ElucidateError {
  if (code === 'ENOENT') return new ElucidateError('program.needs_missing', `This worker has no interpreter for the program (${message}): the first line of its file names one that is not here; install it`);
  if (code === 'EACCES' || code === 'ENOEXEC') return new ElucidateError('stage.failed', `The program cannot be started (${message}): its command is no file that can be executed; name its interpreter first, as in [python3, train.py]`);
  return new ElucidateError('process.unstartable', `The program cannot be started (${message}); this machine has run out of processes or memory`);
}

/** How the program ended; `onStarted` is given the leader of its process group. */
async function ended(keeper: ChildProcess, onStarted: (pid: number) => void): Promise<Extract<FromKeeper, { type: 'ended' }>> {
  return new Promise((resolve, reject) => {
    keeper.on('message', (message: FromKeeper) => {
      if (message.type === 'started') onStarted(message.pid);
      else if (message.type === 'ended') resolve(message);
      else reject(unstartable(message));
    });
    keeper.once('error', (cause) => reject(new ElucidateError('process.unstartable', `No process could be started for the program (${cause.message}); this machine has run out of processes or memory`, { cause })));
    keeper.once('exit', (code, by) => reject(new ElucidateError('stage.crashed', `The process that keeps the program ended (${by ?? `exit code ${code}`}), and the program with it`)));
  });
}

/** Looks at the memory of a group, more and more seldom, until the signal aborts. */
async function watchMemory(group: number, { mostMs, signal }: { mostMs: number; signal: AbortSignal }, onBytes: (bytes: GroupBytes) => void): Promise<void> {
  for (let everyMs = memoryEveryMs.first; !signal.aborted; everyMs = Math.min(2 * everyMs, mostMs)) {
    onBytes(await groupBytes(group));
    await wait(everyMs, undefined, { signal }).catch(() => {});
  }
}

import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Engine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks, StageOutcome, StageTask } from '@elucidate/experiment/execution';
import { errorOf } from '@elucidate/experiment/failure';
import { shortened } from '@elucidate/experiment/text-limits';
import { forkLeashed } from './fork.js';
import { eachLine } from '@elucidate/stages/lines';
import type { ChildSetup, FromChild, ToChild } from './messages.js';
import { watchProgress, type Watch } from './stall.js';

/** How long a child may take to stop after an abort before it is killed. */
const graceMs = 10_000;
/** Of the last words of a process: lines, and characters of each. */
const [keptLines, keptCharacters] = [20, 180];
/** How long an engine may take to start. */
const startMs = 600_000;

interface Running {
  readonly task: StageTask;
  readonly hooks: ExecuteHooks;
  readonly watch: Watch;
  resolve(outcome: StageOutcome): void;
  reject(error: Error): void;
}

/** One warm process that runs stages, one at a time. */
export class StageChild {
  /** Which engine came up; rejects when none does. */
  readonly ready: Promise<Engine>;
  /** Settles when the process and its output have ended. */
  readonly ended: Promise<void>;
  stagesRun = 0;
  /** It computes with. */
  readonly threads: number;
  private readonly process: ChildProcess;
  private readonly lastErrors: string[] = [];
  private running: Running | undefined;
  private alive = true;
  private spent = false;
  /** Why it was killed: it made no progress for so long. */
  private stalledMs: number | undefined;

  constructor(setup: ChildSetup, private readonly log: (line: string) => void) {
    this.threads = setup.threads;
    this.process = startProcess(setup);
    const closed = this.closing([this.watchOutput(this.process.stdout!, []), this.watchOutput(this.process.stderr!, this.lastErrors)]);
    this.ready = new Promise((resolve, reject) => {
      this.process.on('message', (message: FromChild) => {
        if (message.type === 'ready') resolve(message.engine);
        else if (message.type === 'unusable') reject(errorOf(message.error));
        else this.hear(message);
      });
      void closed.then((how) => reject(this.unstartable(how)));
    });
    const starting = watchProgress(startMs, () => this.process.kill('SIGKILL'));
    void this.ready.finally(starting.end).catch(() => {});
    this.ready.catch(() => {});
    this.ended = closed.then((how) => this.end(how));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get usable(): boolean {
    return this.alive && !this.spent && this.process.connected;
  }

  /** Runs one stage to its end. An abort is forwarded; a child that has not stopped after ten seconds is killed, and so is one that makes no progress for `stallMs`: rejects with stage.stalled. */
  async run(task: StageTask, hooks: ExecuteHooks, stallMs = Infinity): Promise<StageOutcome> {
    await this.ready;
    hooks.signal.throwIfAborted();
    const stop = new AbortController();
    let killing: NodeJS.Timeout | undefined;
    hooks.signal.addEventListener('abort', () => {
      this.tell({ type: 'abort' });
      killing = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    }, { signal: stop.signal });
    const watch = watchProgress(stallMs, () => {
      this.stalledMs = stallMs;
      this.process.kill('SIGKILL');
    });
    try {
      return await new Promise<StageOutcome>((resolve, reject) => {
        this.running = { task, hooks, watch, resolve, reject };
        if (!this.alive) reject(this.unstartable('before it was given a stage'));
        this.stagesRun++;
        this.tell({ type: 'run', task });
      });
    } finally {
      stop.abort();
      watch.end();
      clearTimeout(killing);
      this.running = undefined;
    }
  }

  /** Releases the process; it ends as soon as it sees the closed channel, and is killed if it does not. */
  async close(withinMs = 2_000): Promise<void> {
    if (this.process.connected) this.process.disconnect();
    const killing = setTimeout(() => this.process.kill('SIGKILL'), withinMs);
    await this.ended;
    clearTimeout(killing);
  }

  private hear(message: FromChild): void {
    const { running } = this;
    if (message.type === 'log' || message.type === 'progress') running?.watch.touch();
    if (message.type === 'log') this.pass(message.line);
    else if (message.type === 'progress') running?.hooks.onProgress(message.progress);
    else if (message.type === 'done') running?.resolve(message.outcome);
    else if (message.type === 'failed') {
      this.spent = message.spent;
      running?.reject(errorOf(message.error));
    }
  }

  private tell(message: ToChild): void {
    // a closed channel is not an error here: 'close' follows and says how the process ended
    this.process.send(message, () => {});
  }

  /** How the process ended, once its output has been read to the end. (Its 'close' event would say so, but is not emitted after a disconnect from our side.) */
  private async closing(outputs: readonly Promise<unknown>[]): Promise<string> {
    const how = await new Promise<string>((resolve) => {
      this.process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
      this.process.once('error', (error) => resolve(error.message));
    });
    await Promise.all(outputs);
    return how;
  }

  /** Resolves when the stream has closed. */
  private watchOutput(stream: Readable, last: string[]): Promise<unknown> {
    return eachLine(stream, (line) => {
      last.push(shortened(line, keptCharacters));
      if (last.length > keptLines) last.shift();
      this.pass(line);
    });
  }

  private pass(line: string): void {
    if (this.running) this.running.hooks.onLog(line);
    else this.log(line);
  }

  private end(how: string): void {
    this.alive = false;
    const { running } = this;
    if (!running) return;
    const { task, hooks } = running;
    running.reject(hooks.signal.aborted
      ? new ElucidateError('stage.interrupted', `${task.kind} stage ${task.stageId} was stopped by force (${how})`)
      : this.stalledMs !== undefined ? stalled(task, this.stalledMs) : this.crash(`The process of ${task.kind} stage ${task.stageId} died`, how));
  }

  /** It ended without having been given a stage: something is wrong with this machine. */
  private unstartable(how: string): ElucidateError {
    const { message, details } = this.crash('A stage process ended', how);
    return new ElucidateError('process.unstartable', message, { details });
  }

  private crash(what: string, how: string): ElucidateError {
    const said = this.lastErrors.length > 0 ? `; it last said:\n${this.lastErrors.join('\n')}` : ' and had written nothing to stderr';
    return new ElucidateError('stage.crashed', `${what} (${how})${said}`, { details: { how, stderr: [...this.lastErrors] } });
  }
}

/** Throws process.unstartable where the system starts no more processes. */
function startProcess(setup: ChildSetup): ChildProcess {
  try {
    const child = forkLeashed('child', setup);
    if (child.stdout && child.stderr) return child;
    throw new Error('it has no output');
  } catch (cause) {
    throw new ElucidateError('process.unstartable', `No stage process could be started (${(cause as Error).message}); this machine may have run out of processes, open files or memory`, { cause });
  }
}

const stalled = ({ kind, stageId }: StageTask, ms: number): ElucidateError =>
  new ElucidateError('stage.stalled', `${kind} stage ${stageId} made no progress for ${ms < 60_000 ? `${ms / 1000} s` : `${Math.round(ms / 60_000)} minutes`}, so its process was ended; a worker started with larger --stall-minutes waits longer`, { details: { stallMs: ms } });

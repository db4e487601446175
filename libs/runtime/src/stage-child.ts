import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Engine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks, StageOutcome, StageTask } from '@elucidate/experiment/execution';
import { errorOf } from '@elucidate/experiment/failure';
import { forkLeashed } from './fork.js';
import type { ChildSetup, FromChild, ToChild } from './messages.js';

/** How long a child may take to stop after an abort before it is killed. */
const graceMs = 10_000;
const keptLines = 20;

interface Running {
  readonly task: StageTask;
  readonly hooks: ExecuteHooks;
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

  constructor(setup: ChildSetup, private readonly log: (line: string) => void) {
    this.threads = setup.threads;
    this.process = forkLeashed('child', setup);
    const closed = this.closing([this.watchOutput(this.process.stdout!, []), this.watchOutput(this.process.stderr!, this.lastErrors)]);
    this.ready = new Promise((resolve, reject) => {
      this.process.on('message', (message: FromChild) => {
        if (message.type === 'ready') resolve(message.engine);
        else if (message.type === 'unusable') reject(errorOf(message.error));
        else this.hear(message);
      });
      void closed.then((how) => reject(this.crash('A stage process did not start', how)));
    });
    this.ready.catch(() => {});
    this.ended = closed.then((how) => this.end(how));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  get usable(): boolean {
    return this.alive && !this.spent && this.process.connected;
  }

  /** Runs one stage to its end. An abort is forwarded; a child that has not stopped after ten seconds is killed. */
  async run(task: StageTask, hooks: ExecuteHooks): Promise<StageOutcome> {
    await this.ready;
    hooks.signal.throwIfAborted();
    const stop = new AbortController();
    let killing: NodeJS.Timeout | undefined;
    hooks.signal.addEventListener('abort', () => {
      this.tell({ type: 'abort' });
      killing = setTimeout(() => this.process.kill('SIGKILL'), graceMs);
    }, { signal: stop.signal });
    try {
      return await new Promise<StageOutcome>((resolve, reject) => {
        this.running = { task, hooks, resolve, reject };
        if (!this.alive) reject(this.crash(`The process for ${task.kind} stage ${task.stageId} ended`, 'before it was given the stage'));
        this.stagesRun++;
        this.tell({ type: 'run', task });
      });
    } finally {
      stop.abort();
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
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line);
      if (last.length > keptLines) last.shift();
      this.pass(line);
    });
    return once(stream, 'close');
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
      : this.crash(`The process of ${task.kind} stage ${task.stageId} died`, how));
  }

  private crash(what: string, how: string): ElucidateError {
    const said = this.lastErrors.length > 0 ? `; it last said:\n${this.lastErrors.join('\n')}` : ' and had written nothing to stderr';
    return new ElucidateError('stage.crashed', `${what} (${how})${said}`, { details: { how, stderr: [...this.lastErrors] } });
  }
}

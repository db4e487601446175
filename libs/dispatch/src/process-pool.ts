import { ElucidateError } from '@elucidate/experiment/errors';
import type { RequestTable } from './answer-requests.js';
import { AnsweringProcess, type ProcessKind } from './answering-process.js';

export interface PoolLimits {
  /** Processes at once. */
  processes: number;
  /** Callers that may wait for a process. */
  waiting: number;
  /** The message to the others. */
  refusal: string;
  /** A process that has had no request for this long is ended, to free its memory. */
  idleMs: number;
}

/** A few processes of one kind, started when they are needed and ended when they are not. */
export class ProcessPool<R extends RequestTable<R>> {
  /** With the timer that will end it. */
  private readonly idle = new Map<AnsweringProcess<R>, NodeJS.Timeout>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(private readonly kind: ProcessKind, private readonly limits: PoolLimits) {}

  /** Passes a process to `use`, which has it to itself until it returns; it may end it. Waits, in order, for one that is free. Throws 'server.busy' when too many are waiting. */
  async using<T>(use: (process: AnsweringProcess<R>) => Promise<T>): Promise<T> {
    await this.turn();
    try {
      const process = this.idleProcess() ?? new AnsweringProcess<R>(this.kind);
      try {
        return await use(process);
      } finally {
        if (process.alive) this.rest(process);
      }
    } finally {
      this.next();
    }
  }

  /** Ends idle processes. */
  close(): void {
    for (const process of this.idle.keys()) this.end(process, `The ${this.kind.name} processes are closed`);
  }

  private rest(process: AnsweringProcess<R>): void {
    const timer = setTimeout(() => this.end(process, `The ${this.kind.name} process was idle`), this.limits.idleMs);
    this.idle.set(process, timer.unref());
  }

  private end(process: AnsweringProcess<R>, reason: string): void {
    clearTimeout(this.idle.get(process));
    this.idle.delete(process);
    process.end(new Error(reason));
  }

  /** The one used last; one that was killed while it was idle is passed over. */
  private idleProcess(): AnsweringProcess<R> | undefined {
    for (const [process, timer] of [...this.idle].reverse()) {
      clearTimeout(timer);
      this.idle.delete(process);
      if (process.alive) return process;
    }
    return undefined;
  }

  private async turn(): Promise<void> {
    if (this.busy < this.limits.processes) {
      this.busy += 1;
      return;
    }
    if (this.waiting.length >= this.limits.waiting) throw new ElucidateError('server.busy', this.limits.refusal);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The longest-waiting caller takes the place of the one that finished. */
  private next(): void {
    const resume = this.waiting.shift();
    if (resume === undefined) this.busy -= 1;
    else resume();
  }
}

import { fork, type ChildProcess } from 'node:child_process';
import { errorOf } from '@elucidate/experiment/failure';
import type { Answer, RequestTable } from './answer-requests.js';

/** What a process that answers requests runs, and what it may use. */
export interface ProcessKind {
  /** The compiled program, which calls `answerRequests`. */
  program: string;
  /** Its name in errors: "planning". */
  name: string;
  /** Memory of its JavaScript objects. */
  megabytes: number;
  /** For one request. */
  seconds: number;
  /** The error of a request that takes more: "more than 120 s". */
  tooMuch(what: string): Error;
}

/** How Node ends when its memory is used up. */
const outOfMemory = (code: number | null, signal: NodeJS.Signals | null): boolean => signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134;

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** Those that run: one in the middle of a computation would not notice that its caller's process has ended. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** The caller's handle on a process that answers requests, one at a time. The process does not keep the caller's from ending, and ends with it. */
export class AnsweringProcess<R extends RequestTable<R>> {
  private readonly child: ChildProcess;
  private pending: Pending | undefined;
  private ended: unknown;

  constructor(private readonly kind: ProcessKind) {
    const { program, name, megabytes, tooMuch } = kind;
    // what V8 writes before it dies of a lack of memory would fill the caller's output
    this.child = fork(program, [], { execArgv: [`--max-old-space-size=${megabytes}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    running.add(this.child);
    this.child.once('exit', () => running.delete(this.child));
    this.child.unref();
    this.child.channel?.unref();
    this.child.on('message', (answer: Answer) => this.settle(answer));
    this.child.on('error', (error) => this.end(error));
    this.child.on('exit', (code, signal) => this.end(outOfMemory(code, signal) ? tooMuch(`more than ${megabytes} MB of memory`) : new Error(`The ${name} process has ended (${signal ?? code})`)));
  }

  /** Whether it takes requests. */
  get alive(): boolean {
    return this.ended === undefined;
  }

  /** Throws what the process threw; what `tooMuch` returns when a request takes more memory or time than it may. */
  async request<T extends keyof R & string>(type: T, argument: R[T]['argument']): Promise<R[T]['result']> {
    if (!this.alive) throw this.ended;
    const { seconds, tooMuch } = this.kind;
    const timer = setTimeout(() => this.end(tooMuch(`more than ${seconds} s`)), seconds * 1000);
    try {
      return await new Promise((resolve, reject) => {
        this.pending = { resolve: (result) => resolve(result as R[T]['result']), reject };
        this.child.send({ type, argument }, (error) => error && this.end(error));
      });
    } finally {
      clearTimeout(timer);
      this.pending = undefined;
    }
  }

  /** Ends the process; the request in progress fails. */
  end(reason: unknown): void {
    this.ended ??= reason;
    this.pending?.reject(this.ended);
    this.child.kill('SIGKILL');
  }

  private settle(answer: Answer): void {
    if ('result' in answer) this.pending?.resolve(answer.result);
    else this.pending?.reject('failure' in answer ? errorOf(answer.failure) : new Error(answer.fault));
  }
}

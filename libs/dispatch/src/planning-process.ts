import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import { errorOf } from '@elucidate/experiment/failure';
import type { Answer, RequestType, Requests } from './plan-messages.js';

export interface PlanningLimits {
  /** Memory of the process's JavaScript objects. */
  megabytes: number;
  /** For one request. */
  seconds: number;
}

/** The largest sweep, 250,000 training runs, takes 700 MB and ten seconds of a core; only a sweep built to exhaust resources needs more. */
const usualLimits: PlanningLimits = { megabytes: 1024, seconds: 120 };

/** How Node ends when its memory is used up. */
const outOfMemory = (code: number | null, signal: NodeJS.Signals | null): boolean => signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134;

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** The caller's handle on a planning process. It takes one request at a time. */
export class PlanningProcess {
  private readonly child: ChildProcess;
  private pending: Pending | undefined;
  private ended: unknown;

  constructor(private readonly limits: PlanningLimits = usualLimits) {
    // the compiled code, resolved from the source folder as well as from dist
    const program = join(import.meta.dirname, '..', 'dist', 'plan-process.js');
    // what V8 writes before it dies of a lack of memory would fill the caller's output
    this.child = fork(program, [], { execArgv: [`--max-old-space-size=${limits.megabytes}`], serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    this.child.unref();
    this.child.channel?.unref();
    this.child.on('message', (answer: Answer) => this.settle(answer));
    this.child.on('error', (error) => this.end(error));
    this.child.on('exit', (code, signal) => this.end(outOfMemory(code, signal) ? tooLarge(`more than ${limits.megabytes} MB of memory`) : new Error(`The planning process has ended (${signal ?? code})`)));
  }

  /** Whether it takes requests. */
  get alive(): boolean {
    return this.ended === undefined;
  }

  /** Throws what the process threw; 'spec.too_large' when the sweep takes more memory or time than any sweep should. */
  async request<R extends RequestType>(type: R, argument: Requests[R]['argument']): Promise<Requests[R]['result']> {
    if (!this.alive) throw this.ended;
    const timer = setTimeout(() => this.end(tooLarge(`more than ${this.limits.seconds} s`)), this.limits.seconds * 1000);
    try {
      return await new Promise((resolve, reject) => {
        this.pending = { resolve: (result) => resolve(result as Requests[R]['result']), reject };
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

const tooLarge = (what: string): ElucidateError =>
  new ElucidateError('spec.too_large', `Planning this sweep takes ${what}; split it, shorten \`where\`, or list fewer entries in \`include\` and \`exclude\``);

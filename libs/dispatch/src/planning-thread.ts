import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { ElucidateError } from '@elucidate/experiment/errors';
import { errorOf } from '@elucidate/experiment/failure';
import type { Answer, RequestType, Requests } from './plan-messages.js';

export interface PlanningLimits {
  /** Memory of the thread. */
  megabytes: number;
  /** For one request. */
  seconds: number;
}

/** The largest sweep, 250,000 training runs, takes 700 MB and ten seconds of a core; only a sweep built to exhaust resources needs more. */
const usualLimits: PlanningLimits = { megabytes: 1024, seconds: 120 };

interface Pending {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/** The caller's handle on a planning thread. It takes one request at a time. */
export class PlanningThread {
  private readonly worker: Worker;
  private pending: Pending | undefined;
  private ended: unknown;

  constructor(private readonly limits: PlanningLimits = usualLimits) {
    // the compiled code, resolved from the source folder as well as from dist
    this.worker = new Worker(join(import.meta.dirname, '..', 'dist', 'plan-thread.js'), { resourceLimits: { maxOldGenerationSizeMb: limits.megabytes } });
    this.worker.unref();
    this.worker.on('message', (answer: Answer) => this.settle(answer));
    this.worker.on('error', (error) => this.end('code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooLarge(`more than ${limits.megabytes} MB of memory`) : error));
    this.worker.on('exit', () => this.end(new Error('The planning thread has ended')));
  }

  /** Whether it takes requests. */
  get alive(): boolean {
    return this.ended === undefined;
  }

  /** Throws what the thread threw; 'spec.too_large' when the sweep takes more memory or time than any sweep should. */
  async request<R extends RequestType>(type: R, argument: Requests[R]['argument']): Promise<Requests[R]['result']> {
    if (!this.alive) throw this.ended;
    const timer = setTimeout(() => this.end(tooLarge(`more than ${this.limits.seconds} s`)), this.limits.seconds * 1000);
    try {
      return await new Promise((resolve, reject) => {
        this.pending = { resolve: (result) => resolve(result as Requests[R]['result']), reject };
        this.worker.postMessage({ type, argument });
      });
    } finally {
      clearTimeout(timer);
      this.pending = undefined;
    }
  }

  /** Ends the thread; the request in progress fails. */
  end(reason: unknown): void {
    this.ended ??= reason;
    this.pending?.reject(this.ended);
    void this.worker.terminate();
  }

  private settle(answer: Answer): void {
    if ('result' in answer) this.pending?.resolve(answer.result);
    else this.pending?.reject('failure' in answer ? errorOf(answer.failure) : new Error(answer.fault));
  }
}

const tooLarge = (what: string): ElucidateError =>
  new ElucidateError('spec.too_large', `Planning this sweep takes ${what}; split it, shorten \`where\`, or list fewer entries in \`include\` and \`exclude\``);

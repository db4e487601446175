/// <reference path="./webassembly.d.ts" />
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { ElucidateError } from '@elucidate/experiment/errors';
import { splitKernels } from './kernels.js';
import type { Kernels, SplitKernel } from './kernels.js';

/** Indices of the board's integers. A job is posted by writing it, then `left` and `claim`, then incrementing `job`. */
const slot = {
  /** Incremented with every job; idle threads wait on it. */
  job: 0,
  /** Shares not yet taken: a thread that takes it from n > 0 to n - 1 has share n - 1. Below 0 if more threads tried than shares were left. */
  claim: 1,
  /** Shares not yet done; the main thread waits on it. */
  left: 2,
  kernel: 3,
  argCount: 4,
  items: 5,
  /** Items per share. */
  size: 6,
  /** A thread that ended (0: none; the number of threads: the main one), and the length of its message. */
  lost: 7,
  lostLength: 8,
  /** From here on, one per thread: 1 while it computes a share. */
  busy: 9,
} as const;

const largestArgCount = 24;
const textBytes = 1024;
const workerFile = fileURLToPath(new URL('../../kernels/worker.mjs', import.meta.url));

/** What the main thread and the workers share besides the tensors' memory. */
interface Board {
  control: Int32Array;
  args: Float64Array;
  text: Uint8Array;
}

/** One call of a kernel over items [0, items), cut into shares of `size`; the result does not depend on which thread takes which share. */
export interface Job {
  kernel: SplitKernel;
  args: readonly number[];
  items: number;
  size: number;
}

export interface ThreadsRequest {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Including the main thread; at least 2. */
  count: number;
  /** How long the main thread waits for one share before it considers a thread lost. Default: one minute. */
  patienceMs?: number;
}

/** Threads over one memory. They sleep between jobs and do not keep the process alive. */
export class Threads {
  private constructor(readonly count: number, private readonly workers: readonly Worker[], private readonly board: Board, private readonly patienceMs: number) {}

  /** Resolves when every worker is ready. Rejects if one does not start. */
  static async start({ module, memory, count, patienceMs = 60_000 }: ThreadsRequest): Promise<Threads> {
    const board = newBoard(count);
    const workers = Array.from({ length: count - 1 }, (_, i) => {
      const worker = new Worker(workerFile, { workerData: { module, memory, board, names: splitKernels, slot, thread: i + 1 } });
      worker.on('error', () => {}).on('exit', () => Atomics.compareExchange(board.control, slot.lost, 0, i + 1));
      return worker;
    });
    try {
      await Promise.all(workers.map(ready));
    } catch (cause) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw new ElucidateError('engine.thread_lost', `The simd engine could not start ${count} threads: ${cause instanceof Error ? cause.message : String(cause)}. Ask for fewer`, { cause, details: { threads: count } });
    }
    for (const worker of workers) worker.unref();
    return new Threads(count, workers, board, patienceMs);
  }

  /** Computes a job; the main thread takes shares too. Throws engine.thread_lost if a worker has ended. */
  run(kernels: Kernels, { kernel, args, items, size }: Job): void {
    const { control } = this.board;
    this.checkThreads();
    const shares = Math.ceil(items / size);
    this.board.args.set(args);
    control[slot.kernel] = splitKernels.indexOf(kernel);
    control[slot.argCount] = args.length;
    control[slot.items] = items;
    control[slot.size] = size;
    Atomics.store(control, slot.left, shares);
    Atomics.store(control, slot.claim, shares);
    Atomics.add(control, slot.job, 1);
    Atomics.notify(control, slot.job);
    try {
      this.takeShares(kernels, { kernel, args, items, size });
    } catch (cause) {
      // Other threads may still be working on this job: there must be no next one.
      this.lose(this.count, `a kernel failed there, ${String(cause)}`);
      throw cause;
    }
    this.waitForOthers();
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private takeShares(kernels: Kernels, { kernel, args, items, size }: Job): void {
    const { control } = this.board;
    const call = kernels[kernel] as (...numbers: number[]) => void;
    for (let share = Atomics.sub(control, slot.claim, 1); share > 0; share = Atomics.sub(control, slot.claim, 1)) {
      call(...args, (share - 1) * size, Math.min(share * size, items), 0);
      Atomics.sub(control, slot.left, 1);
    }
  }

  private waitForOthers(): void {
    const { control } = this.board;
    const slice = Math.min(1000, this.patienceMs);
    let waited = 0;
    for (let left = Atomics.load(control, slot.left); left > 0;) {
      // Counted in slices, not by the clock: a process that was suspended for a while has waited for only one slice.
      const timedOut = Atomics.wait(control, slot.left, left, slice) === 'timed-out';
      const now = Atomics.load(control, slot.left);
      waited = timedOut && now === left ? waited + slice : 0;
      left = now;
      if (waited >= this.patienceMs) this.lose(Math.max(1, control.indexOf(1, slot.busy) - slot.busy), `no share done for ${waited / 1000} s`);
      this.checkThreads();
    }
  }

  private lose(thread: number, why: string): void {
    const { control, text } = this.board;
    if (Atomics.load(control, slot.lost) !== 0) return;
    text.set(new TextEncoder().encode(why).subarray(0, textBytes));
    Atomics.store(control, slot.lostLength, Math.min(why.length, textBytes));
    Atomics.store(control, slot.lost, thread);
  }

  private checkThreads(): void {
    const { control, text } = this.board;
    const lost = Atomics.load(control, slot.lost);
    if (lost === 0) return;
    const why = new TextDecoder().decode(text.slice(0, Atomics.load(control, slot.lostLength))) || 'it ended';
    throw new ElucidateError(
      'engine.thread_lost',
      `${lost === this.count ? 'The main thread' : `Worker thread ${lost}`} of the simd engine's ${this.count} threads is lost: ${why}. Start the process again, or compute with one thread`,
      { details: { thread: lost, threads: this.count } },
    );
  }
}

/** Resolves when the worker reports ready; rejects if it ends first. */
async function ready(worker: Worker): Promise<void> {
  const watched = new AbortController();
  const ended = once(worker, 'exit', { signal: watched.signal }).then(() => { throw new Error('a worker thread ended before it began'); });
  await Promise.race([once(worker, 'message', { signal: watched.signal }), ended.catch((cause: unknown) => { if (!watched.signal.aborted) throw cause; })]);
  watched.abort();
}

function newBoard(threads: number): Board {
  return {
    control: new Int32Array(new SharedArrayBuffer((slot.busy + threads) * 4)),
    args: new Float64Array(new SharedArrayBuffer(largestArgCount * 8)),
    text: new Uint8Array(new SharedArrayBuffer(textBytes)),
  };
}

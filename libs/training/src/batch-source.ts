import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs-core';
import { deviceBackends } from '@elucidate/engine/backend';
import { ElucidateError } from '@elucidate/experiment/errors';
import { type BatchNumbers, batchNumbers, type NumbersRequest } from './batch-numbers.js';

/** Makes the numbers of one step after another. */
export interface BatchSource {
  /** Throws engine.thread_lost. */
  of(step: number): BatchNumbers | Promise<BatchNumbers>;
  end(): Promise<void>;
}

export interface BatchPlan {
  steps: number;
  requestOf(step: number): NumbersRequest;
  /** Whether a thread of its own makes them, one step ahead; default: where the current engine computes on a device and leaves a core free. */
  apart?: boolean | undefined;
}

/** CPU engines use all the cores they are given themselves: there a second thread would only take turns with them. */
const coreIsFree = (): boolean => deviceBackends.has(tf.getBackend()) && availableParallelism() > 1;

/** The numbers are the same wherever they are made. The caller ends it. */
export function batchSource({ steps, requestOf, apart = coreIsFree() }: BatchPlan): BatchSource {
  if (!apart) return { of: (step) => batchNumbers(requestOf(step)), end: () => Promise.resolve() };
  let thread: BatchThread | undefined;
  let ahead: { step: number; numbers: Promise<BatchNumbers> } | undefined;
  const begun = (step: number) => ({ step, numbers: (thread ??= batchThread()).make(requestOf(step)) });
  return {
    of: (step) => {
      const { numbers } = ahead?.step === step ? ahead : begun(step);
      // one step ahead and no more, so that memory is bounded
      ahead = step + 1 < steps ? begun(step + 1) : undefined;
      return numbers;
    },
    end: async () => { await thread?.end(); },
  };
}

interface BatchThread {
  make(request: NumbersRequest): Promise<BatchNumbers>;
  end(): Promise<unknown>;
}

/** Resolves from the source folder as well as from dist. */
const threadFile = join(import.meta.dirname, '..', 'dist', 'batch-thread.js');

function batchThread(): BatchThread {
  const worker = new Worker(threadFile, { execArgv: [] });
  const waiting: { step: number; resolve(numbers: BatchNumbers): void; reject(error: Error): void }[] = [];
  let ended: { why: string; cause?: unknown } | undefined;
  const lost = (step: number): ElucidateError => new ElucidateError('engine.thread_lost', `The thread that makes batches ended before that of step ${step + 1}: ${ended!.why}. The stage goes on from its checkpoint when it runs again`, { cause: ended!.cause, details: { step: step + 1 } });
  const lose = (why: string, cause?: unknown) => {
    ended ??= { why, cause };
    for (const { step, reject } of waiting.splice(0)) reject(lost(step));
  };
  worker.on('message', (numbers: BatchNumbers) => {
    waiting.shift()?.resolve(numbers);
    // one that nobody ends keeps no process alive
    if (waiting.length === 0) worker.unref();
  });
  let failure: Error | undefined;
  worker.on('error', (error) => { failure = error; });
  // not on the error, which may arrive before batches that were finished earlier
  worker.on('exit', (code) => lose(failure?.message ?? `exit code ${code}`, failure));
  return {
    make: (request) => {
      const numbers = new Promise<BatchNumbers>((resolve, reject) => {
        waiting.push({ step: request.step, resolve, reject });
        if (ended) return lose(ended.why);
        worker.ref();
        worker.postMessage(request, [request.images.data.buffer as ArrayBuffer]);
      });
      // awaited later, or never: an error must not end the process before
      numbers.catch(() => {});
      return numbers;
    },
    end: () => worker.terminate(),
  };
}

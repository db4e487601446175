import type { Engine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks, ExecuteStage, StageTask } from '@elucidate/experiment/execution';
import { gibibytes, memoryBudget } from './memory.js';
import { memoryGate } from './memory-gate.js';
import { StageChild } from './stage-child.js';
import type { ChildSetup } from './messages.js';
import { programLimits } from './program-limits.js';
import { stageBytes } from './stage-memory.js';
import { stallMinutes } from './stall.js';

/** A child is replaced after this many stages, which frees what a long-lived process accumulates (a heap that never shrinks, handles). */
const stagesPerChild = 200;

export interface StageProcessesOptions extends ChildSetup {
  /** Maximum number of children at a time; further calls wait. Unlimited unless given. */
  readonly size?: number;
  /** Bytes that all running stages together may use, by estimate: a stage waits until enough is free. Default: what this machine has. */
  readonly memory?: number;
  /** Milliseconds without progress after which a stage is ended; Infinity: never. Default: by kind. */
  readonly stallMs?: number | undefined;
  /** Receives what a child prints while it has no stage, and what a stage is waiting for. */
  readonly log?: (line: string) => void;
}

export interface StageProcesses {
  /** Runs a stage in a warm child, starting one if none is free. Rejects with stage.crashed if that child dies, which affects no other stage, with stage.stalled if it makes no progress, with process.unstartable if none can be started. */
  readonly execute: ExecuteStage;
  /** Which engine the children use and why; starts the first child if there is none. Rejects with engine.absent. */
  engine(): Promise<Engine>;
  /** Sets the number of threads per child for children started later; ends idle ones. */
  setThreads(threads: number): void;
  /** Process ids of the living children. */
  pids(): readonly number[];
  /** Ends all children; running stages reject with stage.interrupted. */
  close(): Promise<void>;
}

/** A pool of warm child processes, each running one stage at a time. Throws 'request.invalid' if the environment says something of programs that it cannot mean. */
export function stageProcesses({ size = Infinity, memory = memoryBudget(), stallMs, log = () => {}, ...given }: StageProcessesOptions): StageProcesses {
  let setup: ChildSetup = { programs: programLimits(process.env), ...given };
  const all = new Set<StageChild>();
  const idle: StageChild[] = [];
  const waiting: (() => void)[] = [];
  const closing = new AbortController();
  const gate = memoryGate(memory);

  const start = () => {
    const child = new StageChild(setup, log);
    all.add(child);
    void child.ended.then(() => {
      all.delete(child);
      waiting.shift()?.();
    });
    return child;
  };

  const take = async (): Promise<StageChild> => {
    for (;;) {
      if (closing.signal.aborted) throw closed();
      const child = idle.pop();
      if (child?.usable) return child;
      if (child) continue;
      if (all.size < size) return start();
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };

  const giveBack = (child: StageChild): void => {
    if (!child.usable || child.stagesRun >= stagesPerChild || child.threads !== setup.threads) return void child.close();
    idle.push(child);
    waiting.shift()?.();
  };

  const withChild = async <T>(use: (child: StageChild) => Promise<T>): Promise<T> => {
    const child = await take();
    try {
      return await use(child);
    } finally {
      giveBack(child);
    }
  };

  /** Waits for the memory that a stage is estimated to need; returns the function that releases it. */
  const room = async (task: StageTask, { signal, onLog }: Pick<ExecuteHooks, 'signal' | 'onLog'>): Promise<() => void> => {
    const { backend } = await withChild((child) => child.ready);
    const bytes = await stageBytes(task, backend, setup);
    const needs = `${task.kind} stage ${task.stageId.slice(0, 8)} needs about ${gibibytes(bytes)}`;
    const tell = (line: string) => {
      onLog(line);
      log(line);
    };
    if (bytes > memory) tell(`${needs}, more than the ${gibibytes(memory)} that stages may take here; it runs alone, and may run out of memory`);
    else if (gate.full(bytes)) tell(`${needs}; it waits for its turn, ${gibibytes(Math.max(0, gate.free))} of ${gibibytes(memory)} are free`);
    return gate.take(bytes, signal);
  };

  return {
    async execute(task, hooks) {
      hooks.signal.throwIfAborted();
      const own = { signal: AbortSignal.any([hooks.signal, closing.signal]), onProgress: hooks.onProgress.bind(hooks), onLog: hooks.onLog.bind(hooks) };
      try {
        const free = await room(task, own);
        return await withChild((child) => child.run(task, own, stallMs ?? stallMinutes[task.kind] * 60_000)).finally(free);
      } catch (error) {
        // a child that was still starting when the pool closed has not crashed: we ended it
        throw closing.signal.aborted && error instanceof ElucidateError && (error.code === 'stage.crashed' || error.code === 'process.unstartable') ? closed() : error;
      }
    },
    engine: () => withChild((child) => child.ready),
    setThreads(threads) {
      setup = { ...setup, threads };
      for (const child of idle.splice(0)) giveBack(child);
    },
    pids: () => Array.from(all, (child) => child.pid).filter((pid) => pid !== undefined),
    async close() {
      closing.abort(closed());
      for (const resume of waiting.splice(0)) resume();
      await Promise.all(Array.from(all, (child) => child.close()));
    },
  };
}

function closed(): ElucidateError {
  return new ElucidateError('stage.interrupted', 'The pool of stage processes was closed');
}

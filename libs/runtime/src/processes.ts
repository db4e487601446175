import type { Engine } from '@elucidate/engine/start';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks, ExecuteStage, StageTask } from '@elucidate/experiment/execution';
import { gibibytes, memoryBudget } from './memory.js';
import { memoryGate } from './memory-gate.js';
import { StageChild } from './stage-child.js';
import type { ChildSetup } from './messages.js';
import { stageBytes } from './stage-memory.js';

/** A child is replaced after so many stages: whatever a long life gathers (heap that never shrinks, handles) goes with it. */
const stagesPerChild = 200;

export interface StageProcessesOptions extends ChildSetup {
  /** Most children at a time; more calls than that wait. Unlimited unless given. */
  readonly size?: number;
  /** Bytes that the stages under way may take together, by estimate: a stage waits for the room it needs. Default: what this machine has. */
  readonly memory?: number;
  /** Takes what a child says while it has no stage, and what a stage waits for. */
  readonly log?: (line: string) => void;
}

export interface StageProcesses {
  /** Runs a stage in a warm child, starting one where none is free. Rejects with stage.crashed when that child dies, which harms no other. */
  readonly execute: ExecuteStage;
  /** Which engine the children use and why; starts the first child if there is none. Rejects with engine.absent. */
  engine(): Promise<Engine>;
  /** Lets later children compute with so many threads each; ends those that are idle. */
  setThreads(threads: number): void;
  /** Process ids of the living children. */
  pids(): readonly number[];
  /** Ends all children; stages under way reject with stage.interrupted. */
  close(): Promise<void>;
}

/** A pool of warm child processes that run stages, one stage at a time each. */
export function stageProcesses({ size = Infinity, memory = memoryBudget(), log = () => {}, ...given }: StageProcessesOptions): StageProcesses {
  let setup: ChildSetup = given;
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

  /** Waits for the memory that a stage is estimated to need; gives what returns it. */
  const room = async (task: StageTask, { signal, onLog }: Pick<ExecuteHooks, 'signal' | 'onLog'>): Promise<() => void> => {
    const { backend } = await withChild((child) => child.ready);
    const bytes = await stageBytes(task, backend);
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
        return await withChild((child) => child.run(task, own)).finally(free);
      } catch (error) {
        // a child that was still starting when the pool closed has not crashed: we ended it
        throw closing.signal.aborted && error instanceof ElucidateError && error.code === 'stage.crashed' ? closed() : error;
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

import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import { StageChild } from './stage-child.js';
import type { ChildSetup } from './messages.js';

/** A child is replaced after so many stages: whatever a long life gathers (heap that never shrinks, handles) goes with it. */
const stagesPerChild = 200;

export interface StageProcessesOptions extends ChildSetup {
  /** Most children at a time; more calls than that wait. Unlimited unless given. */
  readonly size?: number;
  /** Takes what a child says while it has no stage. */
  readonly log?: (line: string) => void;
}

export interface StageProcesses {
  /** Runs a stage in a warm child, starting one where none is free. Rejects with stage.crashed when that child dies, which harms no other. */
  readonly execute: ExecuteStage;
  /** Which engine the children use and why; starts the first child if there is none. Rejects with engine.absent. */
  engineLine(): Promise<string>;
  /** Process ids of the living children. */
  pids(): readonly number[];
  /** Ends all children; stages under way reject with stage.interrupted. */
  close(): Promise<void>;
}

/** A pool of warm child processes that run stages, one stage at a time each. */
export function stageProcesses({ size = Infinity, log = () => {}, ...setup }: StageProcessesOptions): StageProcesses {
  const all = new Set<StageChild>();
  const idle: StageChild[] = [];
  const waiting: (() => void)[] = [];
  const closing = new AbortController();

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
    if (!child.usable || child.stagesRun >= stagesPerChild) return void child.close();
    idle.push(child);
    waiting.shift()?.();
  };

  return {
    async execute(task, hooks) {
      hooks.signal.throwIfAborted();
      const child = await take();
      try {
        return await child.run(task, {
          signal: AbortSignal.any([hooks.signal, closing.signal]),
          onProgress: (progress) => hooks.onProgress(progress),
          onLog: (line) => hooks.onLog(line),
        });
      } finally {
        giveBack(child);
      }
    },
    async engineLine() {
      const child = await take();
      try {
        return await child.ready;
      } finally {
        giveBack(child);
      }
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

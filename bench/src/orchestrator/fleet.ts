import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { NoOpWorker } from './no-op-worker.js';

export interface Fleet {
  /** Resolves when so many stages have been run. Throws 'stage.crashed' if a worker ends before that, or if it takes longer than `withinMs`. */
  ran(stages: number, withinMs: number): Promise<void>;
  /** Lets the workers hand back what they run, and waits for their end. */
  stop(): Promise<void>;
}

const program = fileURLToPath(new URL('no-op-worker.js', import.meta.url));

/** Starts a process for each of these workers. */
export function startFleet(workers: readonly NoOpWorker[]): Fleet {
  const counts = new Map<ChildProcess, number>();
  const written: string[] = [];
  let ended = 0;
  for (const worker of workers) {
    const child = fork(program, [JSON.stringify(worker)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    counts.set(child, 0);
    child.stderr?.on('data', (chunk: Buffer) => written.push(String(chunk)));
    child.on('message', ({ ran }: { ran: number }) => counts.set(child, ran));
    child.once('exit', () => { ended += 1; });
  }
  const total = (): number => [...counts.values()].reduce((sum, some) => sum + some, 0);
  return {
    async ran(stages, withinMs) {
      const deadline = performance.now() + withinMs;
      while (total() < stages) {
        if (ended > 0) throw new ElucidateError('stage.crashed', `A worker ended: ${written.join('').trim().slice(-1000) || 'it said nothing'}`);
        if (performance.now() > deadline) throw new ElucidateError('stage.crashed', `${total()} stages were run in ${withinMs / 1000} s, ${stages} were expected`);
        await sleep(20);
      }
    },
    async stop() {
      await Promise.all(Array.from(counts.keys(), async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const exited = once(child, 'exit');
        child.kill('SIGTERM');
        await exited;
      }));
    },
  };
}

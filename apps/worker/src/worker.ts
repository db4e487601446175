import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBullQueue } from '@elucidate/dispatch/bull';
import { runWorker } from '@elucidate/dispatch/work';
import { fitToMachine } from '@elucidate/runtime/capacity';
import { stageProcesses } from '@elucidate/runtime/processes';
import { openStore } from '@elucidate/store/store';
import type { Env } from './env.js';
import type { Flags } from './flags.js';
import type { Log } from './log.js';

export interface WorkerProcessOptions {
  env: Env;
  flags: Flags;
  /** Abort to hand back what runs and stop. */
  signal: AbortSignal;
  log: Log;
}

export interface RunningWorker {
  /** Which engine its stages compute with, and why. */
  engine: string;
  /** Stages it runs at once. */
  slots: number;
  /** Resolves when the worker has stopped and everything is closed. */
  done: Promise<void>;
}

/** Stage processes are killed when ours ends: a worker asked to stop does not wait longer for them. */
const closeGraceMs = 3000;

/** Starts a worker: engine, database, queue, then work. Throws 'engine.absent', 'database.unreachable', 'database.outdated', 'queue.unreachable' with everything closed again. */
export async function startWorker({ env, flags, signal, log }: WorkerProcessOptions): Promise<RunningWorker> {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part();
  };
  try {
    const processes = stageProcesses({ backend: flags.backend, threads: flags.threads ?? 1, home: env.home, checkpointEveryMs: flags['checkpoint-seconds'] * 1000, log });
    opened.push(() => Promise.race([processes.close(), sleep(closeGraceMs)]));
    const { engine: { line: engine }, slots, why } = await fitToMachine(processes, { home: env.home, asked: flags });
    for (const line of why) log(line);
    const store = await openStore({ url: env.databaseUrl, artifactsDir: join(env.home, 'artifacts'), poolSize: slots + 4 });
    opened.push(() => store.close());
    const queue = await openBullQueue({ databaseUrl: env.databaseUrl, ...(env.redisUrl !== undefined && { redisUrl: env.redisUrl }), onError: (error) => log(`queue: ${error.message}`) });
    opened.push(() => queue.close());
    const working = runWorker({
      store, queue, execute: processes.execute, engine, signal, log, home: env.home, kinds: flags.kinds, slots,
      workerId: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`, leaseMs: flags['lease-seconds'] * 1000,
    });
    return { engine, slots, done: working.finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

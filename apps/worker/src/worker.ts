import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBullQueue } from '@elucidate/dispatch/bull';
import { whenAccepting } from '@elucidate/dispatch/when-accepting';
import { whenMigrated } from '@elucidate/dispatch/when-migrated';
import { runWorker } from '@elucidate/dispatch/work';
import { fitToMachine } from '@elucidate/runtime/capacity';
import { codeVersion } from '@elucidate/runtime/code-version';
import { stageProcesses } from '@elucidate/runtime/processes';
import { codeVersions } from '@elucidate/experiment/stages';
import { openStore } from '@elucidate/store/store';
import { requireUsable } from '@elucidate/shell/home';
import type { Installation } from '@elucidate/shell/environment';
import type { Log } from '@elucidate/shell/log';
import type { WorkerFlags } from '@elucidate/runtime/worker-command';

export interface WorkerProcessOptions {
  installation: Installation;
  flags: WorkerFlags;
  /** Abort it to hand back the running stages and stop. */
  signal: AbortSignal;
  log: Log;
}

export interface RunningWorker {
  /** The engine its stages compute with, and why. */
  engine: string;
  /** Number of stages it runs at once. */
  slots: number;
  /** Resolves when the worker has stopped and everything is closed. */
  done: Promise<void>;
}

/** How long a stopping worker waits for its stage processes before they are killed, for its queue, and for its database. */
const closeGraceMs = 3000;

/** Starts a worker: engine, database, queue, then work. Throws 'folder.unusable', 'engine.absent', 'database.unreachable', 'database.outdated', 'queue.unreachable' after closing everything. */
export async function startWorker({ installation: { databaseUrl, redisUrl, queueUrl, home }, flags, signal, log }: WorkerProcessOptions): Promise<RunningWorker> {
  const opened: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const part of opened.splice(0).reverse()) await part().catch((error: Error) => log(error.message));
  };
  requireUsable(home);
  try {
    const processes = stageProcesses({ backend: flags.backend, threads: flags.threads ?? 1, home: home.dir, checkpointEveryMs: flags.checkpointSeconds * 1000, stallMs: stallMsOf(flags), log });
    opened.push(() => Promise.race([processes.close(), sleep(closeGraceMs)]));
    const { engine: { line: engine }, slots, why } = await fitToMachine(processes, { home: home.dir, requested: flags });
    for (const line of why) log(line);
    const store = await whenMigrated(() => whenAccepting(() => openStore({ url: databaseUrl, artifacts: home.artifacts, poolSize: slots + 4 }), { log }), { log });
    opened.push(() => Promise.race([store.close(), sleep(closeGraceMs)]));
    const queue = await whenAccepting(() => openBullQueue({ databaseUrl, ...(redisUrl !== undefined && { redisUrl }), ...(queueUrl !== undefined && { queueUrl }), onError: (error) => log(`queue: ${error.message}`) }), { log });
    opened.push(() => Promise.race([queue.close(), sleep(closeGraceMs)]));
    const working = runWorker({
      store, queue, execute: processes.execute, engine, version: codeVersion(), signal, log, home: home.dir, kinds: flags.kinds, codeVersions, slots,
      workerId: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`, leaseMs: flags.leaseSeconds * 1000, adoptArtifacts: flags.adoptArtifacts ?? false,
      ...(flags.exitWhenIdle !== undefined && { idleMs: flags.exitWhenIdle * 1000 }),
    });
    return { engine, slots, done: working.finally(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Undefined leaves it to the kind. */
const stallMsOf = ({ stallMinutes }: WorkerFlags): number | undefined => (stallMinutes === 0 ? Infinity : stallMinutes && stallMinutes * 60_000);

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { ExecuteHooks, ExecuteStage, StageOutcome, StageProgress, StageTask } from '@elucidate/experiment/execution';
import { fileContent, type Artifact } from '@elucidate/store/artifacts';
import type { Store } from '@elucidate/store/store';
import { complete } from './complete.js';
import { patiently } from './patiently.js';
import { fail, type FailedState, type FailOptions } from './fail.js';
import { heartbeat, keepLog, release, reportProgress, type ClaimedStage, type Heartbeat } from './lease.js';
import type { QueueJob } from './queue.js';

export interface AttemptOptions extends FailOptions {
  store: Store;
  execute: ExecuteStage;
  /** Holds checkpoints/ and work/. */
  home: string;
  workerId: string;
  /** What the worker computes with, for the log. */
  engine: string;
  leaseMs: number;
  /** Aborted when the worker stops: the attempt is handed back. */
  signal: AbortSignal;
}

/** How an attempt ended, and the jobs to queue as a result. `taken`: the lease was lost or the stage cancelled. */
export type Attempted =
  | { end: 'done' | 'released'; jobs: QueueJob[] }
  | { end: 'taken'; jobs: [] }
  | { end: FailedState; error: unknown; jobs: [] };

const progressEveryMs = 2000;

/** Runs a claimed stage to its end and closes its lease. Rejects only if the database does not respond. */
export async function attempt(claimed: ClaimedStage, options: AttemptOptions): Promise<Attempted> {
  const { store, home } = options;
  const log = [`${claimed.kind} ${claimed.stageId}, attempt ${claimed.token}, on ${options.workerId}: ${options.engine}`];
  const pulse = startPulse(claimed, options);
  let workDir: string | undefined;
  try {
    await mkdir(join(home, 'work'), { recursive: true });
    workDir = await mkdtemp(join(home, 'work', 'attempt-'));
    const task = await taskOf(claimed, { store, home, workDir });
    const hooks = { signal: AbortSignal.any([options.signal, pulse.taken]), onProgress: pulse.onProgress, onLog: (line: string) => void log.push(line) };
    const outcome = await execute(options.execute, task, hooks);
    const outputs = await storeOutputs(store, outcome);
    const logHash = await storeLog(store, log);
    const jobs = await patiently(() => complete(store.db, claimed, { ...outcome, outputs, ...logHash }), options.leaseMs);
    await rm(task.checkpointDir, { recursive: true, force: true });
    return { end: 'done', jobs };
  } catch (error) {
    return await endWithout(claimed, { ...options, ...(await storeLog(store, log)), taken: pulse.taken.aborted, error });
  } finally {
    pulse.stop();
    if (workDir !== undefined) await rm(workDir, { recursive: true, force: true });
  }
}

/** An outcome that arrives after a request to stop still counts. */
const execute = (run: ExecuteStage, task: StageTask, hooks: ExecuteHooks): Promise<StageOutcome> => {
  hooks.signal.throwIfAborted();
  return run(task, hooks);
};

interface Ending extends AttemptOptions {
  taken: boolean;
  error: unknown;
}

async function endWithout(claimed: ClaimedStage, { store, signal, taken, error, ...options }: Ending): Promise<Attempted> {
  const code = error instanceof ElucidateError ? error.code : undefined;
  if (taken || code === 'lease.stale') {
    if (options.logHash !== undefined) await keepLog(store.db, claimed, options.logHash);
    return { end: 'taken', jobs: [] };
  }
  if (signal.aborted || code === 'stage.interrupted') return { end: 'released', jobs: await release(store.db, claimed, options.logHash) };
  return { end: await fail(store.db, claimed, error, options), error, jobs: [] };
}

async function taskOf(claimed: ClaimedStage, { store, home, workDir }: { store: Store; home: string; workDir: string }): Promise<StageTask> {
  const { stageId, kind, codeVersion, params } = claimed;
  const [checkpointDir, inputDir, outDir] = [join(home, 'checkpoints', stageId), join(workDir, 'in'), join(workDir, 'out')];
  for (const dir of [checkpointDir, inputDir, outDir]) await mkdir(dir, { recursive: true });
  const inputs: Record<string, Record<string, string>> = {};
  for (const [name, files] of Object.entries(claimed.inputs)) {
    const paths: Record<string, string> = {};
    for (const [file, hash] of Object.entries(files)) paths[file] = await store.artifacts.materialise(hash, inputDir).catch(notThere(store, name));
    inputs[name] = paths;
  }
  return { stageId, kind, codeVersion, params, inputs, checkpointDir, outDir };
}

/** Stored files may have been lost since. Throws 'stage.input_missing' for those, 'artifact.corrupt' for corrupt ones. */
const notThere = ({ artifacts }: Store, input: string) => (cause: unknown): never => {
  if (!(cause instanceof ElucidateError && cause.code === 'artifact.missing')) throw cause;
  throw new ElucidateError('stage.input_missing', `A file of input "${input}" is not in this worker's artifact store, ${artifacts.name} (${cause.message}); let all workers use one store, or submit the sweep again`, { cause });
};

async function storeOutputs({ artifacts }: Store, { outputs }: StageOutcome): Promise<Record<string, Artifact>> {
  const stored: Record<string, Artifact> = {};
  for (const [name, { path, mediaType }] of Object.entries(outputs)) stored[name] = await artifacts.put(fileContent(path), mediaType);
  return stored;
}

/** The attempt's log as an artifact; nothing for an empty one. Failing to store the log must not lose the result. */
async function storeLog(store: Store, lines: readonly string[]): Promise<{ logHash?: string }> {
  return store.artifacts.put(Buffer.from(`${lines.join('\n')}\n`), 'text/plain').then(({ hash }) => ({ logHash: hash }), () => ({}));
}

interface Pulse {
  /** Aborted when the lease is lost or the stage cancelled. */
  taken: AbortSignal;
  onProgress(progress: StageProgress): void;
  stop(): void;
}

/** Keeps the lease alive and reports progress from time to time. If the database does not respond, the next heartbeat retries: the lease outlives two missed ones. */
function startPulse(claimed: ClaimedStage, { store, leaseMs }: AttemptOptions): Pulse {
  const taken = new AbortController();
  const beat = (): void => {
    heartbeat(store.db, claimed, leaseMs).then((found: Heartbeat) => {
      if (found !== 'mine') taken.abort(new ElucidateError('lease.stale', `Stage ${claimed.stageId.slice(0, 8)} was ${found === 'lost' ? 'taken over by another attempt' : 'cancelled'}`));
    }, () => undefined);
  };
  const timer = setInterval(beat, leaseMs / 3);
  let shownAt = -Infinity;
  const onProgress = (progress: StageProgress): void => {
    const now = performance.now();
    if (now - shownAt < progressEveryMs) return;
    shownAt = now;
    reportProgress(store.db, claimed, progress).catch(() => undefined);
  };
  return { taken: taken.signal, onProgress, stop: () => clearInterval(timer) };
}

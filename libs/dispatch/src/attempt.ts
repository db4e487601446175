import { join } from 'node:path';
import { blameOf } from '@elucidate/experiment/blame';
import { ElucidateError } from '@elucidate/experiment/errors';
import { isGiven } from '@elucidate/experiment/outputs-given';
import { archivesOf } from '@elucidate/experiment/programs-in';
import type { ExecuteHooks, ExecuteStage, StageOutcome, StageProgress, StageTask } from '@elucidate/experiment/execution';
import { fileContent, type Artifact } from '@elucidate/store/artifacts';
import type { Store } from '@elucidate/store/store';
import { requireSharedArtifacts } from './artifact-place.js';
import { BoundedLog } from './bounded-log.js';
import { complete } from './complete.js';
import { fail, type FailedState, type FailOptions } from './fail.js';
import { toElucidateError } from './failure-of.js';
import { forDatabase, LogUpload } from './log-upload.js';
import { heartbeat, keepLog, release, reportProgress, type ClaimedStage, type Heartbeat } from './lease.js';
import { patiently } from './patiently.js';
import { PreviewUpload } from './preview-upload.js';
import type { QueueJob } from './queue.js';
import { trainingState } from './training-state.js';
import { makeWorkDir, removeFolder } from './work-folders.js';

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
  /** Whether an error of this worker's environment is not to be counted against the stage; default: never. */
  excuses?(claimed: ClaimedStage, error: ElucidateError): Promise<boolean>;
}

/** How an attempt ended, and the jobs to queue as a result. `taken`: the lease was lost or the stage cancelled; `unable`: handed back uncounted, because of this worker or of what all share. */
export type Attempted =
  | { end: 'done' | 'released'; jobs: QueueJob[] }
  | { end: 'unable'; error: ElucidateError; jobs: QueueJob[] }
  | { end: 'taken'; jobs: [] }
  | { end: FailedState; error: unknown; jobs: [] };

const progressEveryMs = 2000;
/** Characters up to which the log of a completed attempt is kept in the database. */
const shortLog = 4096;
/** A result that took hours waits for the database so long, unless the worker is asked to stop. */
const patienceMs = 600_000;

/** Runs a claimed stage to its end and closes its lease. Rejects only if the database does not respond. */
export async function attempt(claimed: ClaimedStage, options: AttemptOptions): Promise<Attempted> {
  const { store, home } = options;
  const [log, upload] = [new BoundedLog(), new LogUpload(store.db, claimed)];
  const onLog = (line: string): void => {
    log.push(line);
    upload.push(line);
  };
  onLog(`${claimed.kind} ${claimed.stageId}, attempt ${claimed.token}, on ${options.workerId}: ${options.engine}`);
  const uploads: Uploads = { log: upload };
  const pulse = startPulse(claimed, options, uploads);
  let workDir: string | undefined;
  try {
    workDir = await makeWorkDir(claimed, home);
    if (claimed.kind === 'train') uploads.preview = new PreviewUpload(store.db, claimed, { workDir, onLog });
    const task = await taskOf(claimed, { store, home, workDir });
    const hooks = { signal: AbortSignal.any([options.signal, pulse.taken]), onProgress: pulse.onProgress, onLog };
    const outcome = await execute(options.execute, task, hooks);
    const outputs = await storeOutputs(store, outcome);
    const stored = log.length <= shortLog ? { log: forDatabase(log.text()) } : await storeLog(store, log, upload);
    const jobs = await patiently(() => complete(store.db, claimed, { ...outcome, outputs, ...stored }), { forMs: patienceMs, signal: options.signal });
    await removeFolder(task.checkpointDir);
    return { end: 'done', jobs };
  } catch (error) {
    return await endWithout(claimed, { ...options, ...(await storeLog(store, log, upload)), taken: pulse.taken.aborted, error });
  } finally {
    pulse.stop();
    await upload.remove();
    await uploads.preview?.remove();
    if (workDir !== undefined) await removeFolder(workDir);
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
  const failure = toElucidateError(error);
  const patience = { forMs: patienceMs, signal };
  if (taken || failure.code === 'lease.stale') {
    await keepLog(store.db, claimed, options.logHash);
    return { end: 'taken', jobs: [] };
  }
  const handBack = async (): Promise<QueueJob[]> => {
    const jobs = await patiently(() => release(store.db, claimed, options.logHash), patience);
    // taken away meanwhile
    if (jobs.length === 0) await keepLog(store.db, claimed, options.logHash);
    return jobs;
  };
  if (signal.aborted || failure.code === 'stage.interrupted') return { end: 'released', jobs: await handBack() };
  const blame = blameOf[failure.code];
  if (blame === 'infrastructure' || (blame === 'environment' && (await options.excuses?.(claimed, failure)))) return { end: 'unable', error: failure, jobs: await handBack() };
  const end = await patiently(() => fail(store.db, claimed, failure, options), patience);
  if (end === 'stale') await keepLog(store.db, claimed, options.logHash);
  return { end, error: failure, jobs: [] };
}

async function taskOf(claimed: ClaimedStage, { store, home, workDir }: { store: Store; home: string; workDir: string }): Promise<StageTask> {
  const { stageId, kind, codeVersion, params } = claimed;
  const [checkpointDir, inputDir] = [join(home, 'checkpoints', stageId), join(workDir, 'in')];
  const local = (hash: string): Promise<string> => materialised(store, hash, inputDir);
  const inputs: Record<string, Record<string, string>> = {};
  for (const [name, files] of Object.entries(claimed.inputs)) {
    const paths: Record<string, string> = {};
    for (const [file, hash] of Object.entries(files).filter(([output]) => isGiven(claimed, output))) paths[file] = await local(hash).catch(notThere(store, name));
    inputs[name] = paths;
  }
  for (const [name, files] of Object.entries(archivesOf(params))) {
    inputs[name] = Object.fromEntries(await Promise.all(Object.entries(files).map(async ([file, hash]) => [file, await local(hash).catch(programGone(store, hash))] as const)));
  }
  const { start, keep } = await trainingState(store.db, claimed);
  // one that is no longer there costs time, not the result
  const state = start === undefined ? undefined : await store.artifacts.materialise(start, inputDir).catch(() => undefined);
  if (state !== undefined) inputs['start'] = { state };
  return { stageId, kind, codeVersion, params, inputs, checkpointDir, outDir: workDir, ...(keep && { keepState: true }) };
}

/** The local file of an artifact. One that is missing is looked for again once the store is known to be the shared one: its folder may have been away for a moment. Throws 'artifact.missing', 'artifact.corrupt', and 'artifact.unshared' or 'folder.unusable' where it is this worker's store that is at fault. */
async function materialised(store: Store, hash: string, dir: string): Promise<string> {
  return store.artifacts.materialise(hash, dir).catch(async (cause: unknown) => {
    if (!isMissing(cause)) throw cause;
    await requireSharedArtifacts(store);
    return store.artifacts.materialise(hash, dir);
  });
}

const isMissing = (error: unknown): error is ElucidateError => error instanceof ElucidateError && error.code === 'artifact.missing';

/** Stored files may have been lost since. Throws 'stage.input_missing' for those. */
const notThere = (store: Store, input: string) => (cause: unknown): never => {
  if (!isMissing(cause)) throw cause;
  throw new ElucidateError('stage.input_missing', `A file of input "${input}" is no longer in ${store.artifacts.name} (${cause.message}); submit the sweep again, which makes it again`, { cause });
};

/** Throws 'stage.failed' for a program that is no longer stored. */
const programGone = (store: Store, contents: string) => (cause: unknown): never => {
  if (!isMissing(cause)) throw cause;
  throw new ElucidateError('stage.failed', `The program ${contents} is no longer in ${store.artifacts.name}; add its folder again with \`elucidate program add\`, and retry`, { cause });
};

async function storeOutputs({ artifacts }: Store, { outputs }: StageOutcome): Promise<Record<string, Artifact>> {
  const stored: Record<string, Artifact> = {};
  for (const [name, { path, mediaType }] of Object.entries(outputs)) stored[name] = await artifacts.put(fileContent(path), mediaType);
  return stored;
}

/** The attempt's log as an artifact; where that cannot be stored, the last of its parts. Failing to store the log must not lose the result. */
async function storeLog(store: Store, log: BoundedLog, upload: LogUpload): Promise<{ logHash?: string }> {
  return store.artifacts.put(Buffer.from(log.text()), 'text/plain').then(({ hash }) => ({ logHash: hash }), () => upload.send().then(() => ({}), () => ({})));
}

interface Pulse {
  /** Aborted when the lease is lost or the stage cancelled. */
  taken: AbortSignal;
  onProgress(progress: StageProgress): void;
  stop(): void;
}

interface Uploads {
  log: LogUpload;
  /** Of a training. */
  preview?: PreviewUpload;
}

/** Keeps the lease alive, uploads what was printed and shown, and reports progress from time to time. If the database does not respond, the next heartbeat retries: the lease outlives two missed ones. */
function startPulse(claimed: ClaimedStage, { store, leaseMs }: AttemptOptions, uploads: Uploads): Pulse {
  const taken = new AbortController();
  let beating = false;
  const beat = (): void => {
    // a frozen server must not collect heartbeats until no connection is left
    if (beating) return;
    beating = true;
    heartbeat(store.db, claimed, leaseMs).then((found: Heartbeat) => {
      if (found !== 'mine') taken.abort(new ElucidateError('lease.stale', `Stage ${claimed.stageId.slice(0, 8)} was ${found === 'lost' ? 'taken over by another attempt' : 'cancelled'}`));
      // the lease does not wait for a large picture on a slow connection
      uploads.preview?.send().catch(() => undefined);
      return uploads.log.send();
    }).catch(() => undefined).finally(() => {
      beating = false;
    });
  };
  const timer = setInterval(beat, leaseMs / 3);
  let shownAt = -Infinity;
  const onProgress = (progress: StageProgress): void => {
    const now = performance.now();
    if (now - shownAt < progressEveryMs) return;
    shownAt = now;
    reportProgress(store.db, claimed, progress).then(() => uploads.preview?.send()).catch(() => undefined);
  };
  return { taken: taken.signal, onProgress, stop: () => clearInterval(timer) };
}

import { jsonOf } from '@elucidate/experiment/printable';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createInlineQueue } from '@elucidate/dispatch/inline';
import { isInTheWayOf } from '@elucidate/dispatch/lacking';
import { retryFailed } from '@elucidate/dispatch/retry';
import { localPrincipal } from '@elucidate/store/principal';
import { plannedSweep, submitPlan } from '@elucidate/dispatch/submit';
import { runWorker } from '@elucidate/dispatch/work';
import { planSweep, type Plan } from '@elucidate/experiment/plan';
import { codeVersions, stageKinds, type StageParams } from '@elucidate/experiment/stages';
import type { BackendChoice } from '@elucidate/engine/backend';
import { prepareDataset } from '@elucidate/stages/prepare-dataset';
import { fitToMachine } from '@elucidate/runtime/capacity';
import { codeVersion } from '@elucidate/runtime/code-version';
import { sizeOf } from '@elucidate/runtime/memory';
import { stageProcesses } from '@elucidate/runtime/processes';
import { Interrupted } from '@elucidate/shell/exit';
import { homeOf } from '@elucidate/shell/home';
import { untilAnswered } from '../away.js';
import { interruptSignal, unlessStopped } from '../interrupt.js';
import { localAnswers } from '../local-answers.js';
import { openLocalStore } from '../local-store.js';
import { savePictures } from '../pictures.js';
import { exitCodeOfSweep, renderResults } from '../results.js';
import { readSpecFile } from '../spec-file.js';
import { watchToResults } from '../watch-sweep.js';

export interface RunOptions {
  slots?: number;
  threads?: number;
  backend: BackendChoice;
  json?: boolean;
  profile?: string;
  set?: readonly string[];
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The sizes of a sweep's training runs, which determine their memory. */
const trainingRunsOf = ({ stages }: Plan) => stages.filter(({ kind }) => kind === 'train').map(({ params }) => sizeOf(params as StageParams<'train'>));

/** Runs a sweep to completion in this process and its children: no API, no worker, no queue server. A second run resumes where the first stopped. */
export async function runLocal(file: string, options: RunOptions): Promise<void> {
  const { spec } = await readSpecFile(file, { profile: options.profile, overrides: options.set });
  const { signal, dispose } = interruptSignal();
  const home = homeOf();
  const log = options.json ? () => undefined : say;
  const ends: (() => Promise<void>)[] = [() => Promise.resolve(dispose())];
  try {
    await prepareDataset(spec.dataset, { home: home.dir, log, signal });
    const { store, close } = await openLocalStore(home, log);
    ends.push(close);
    const queue = createInlineQueue();
    ends.push(queue.close);
    const plan = planSweep(spec);
    const planned = plannedSweep(spec, plan);
    const answers = localAnswers({ store, queue, source: home.dir, close: () => Promise.resolve() });
    const sweepId = await untilAnswered(async () => {
      const submitted = await submitPlan(store, queue, planned, { principal: localPrincipal, idempotencyKey: `local-${planned.specHash}` });
      if (!submitted.created && ['failed', 'cancelled'].includes((await answers.sweep(submitted.sweepId)).state)) await retryFailed(store, queue, submitted.sweepId, localPrincipal);
      return submitted.sweepId;
    }, signal);
    const processes = stageProcesses({ backend: options.backend, threads: options.threads ?? 1, home: home.dir, log });
    ends.push(processes.close);
    const { engine, slots, why } = await fitToMachine(processes, { home: home.dir, requested: options, trainingRuns: trainingRunsOf(plan) });
    for (const line of why) log(line);
    const stopping = new AbortController();
    const worker = runWorker({
      store, queue, execute: processes.execute, workerId: `local-${randomBytes(4).toString('hex')}`, kinds: stageKinds, codeVersions,
      slots, home: home.dir, engine: engine.line, version: codeVersion(), alone: true, concerns: isInTheWayOf(plan.stages), signal: stopping.signal, log: () => undefined,
    });
    ends.push(async () => {
      stopping.abort();
      await worker.catch(() => undefined);
    });
    // the worker ends by itself only with what is wrong on this machine
    const { ended, results } = await Promise.race([watchToResults(answers, sweepId, { signal, quiet: options.json ?? false }), worker.then(() => Promise.reject(new Interrupted()))]);
    const files = await savePictures(answers, { sweep: ended, leaderboard: results.leaderboard, dir: join(home.dir, 'results', ended.id) }).catch((error: unknown) => {
      say(`warning: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    });
    console.log(options.json ? jsonOf({ ...results, files }) : renderResults(results));
    log(files.map(({ what, path }) => `${what.padEnd(16)} ${path}`).join('\n'));
    process.exitCode = exitCodeOfSweep(ended);
  } catch (error) {
    throw unlessStopped(error, '\nStopped. Finished stages are kept; the same command continues from here.');
  } finally {
    for (const end of ends.reverse()) await end().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

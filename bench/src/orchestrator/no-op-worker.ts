import { openBullQueue } from '@elucidate/dispatch/bull';
import { runWorker } from '@elucidate/dispatch/work';
import type { ExecuteStage } from '@elucidate/experiment/execution';
import { codeVersions, type StageKind } from '@elucidate/experiment/stages';
import { openStore } from '@elucidate/store/store';
import { setTimeout as sleep } from 'node:timers/promises';

/** A worker as `apps/worker` starts it, but its stages do nothing, or sleep. argv[2]: NoOpWorker as JSON. Reports how many stages it has run, over IPC. */
export interface NoOpWorker {
  id: string;
  databaseUrl: string;
  /** Else the queue on PostgreSQL. */
  redisUrl?: string;
  home: string;
  artifacts: string;
  slots: number;
  kinds: StageKind[];
  /** How long each stage sleeps, ms. */
  stageMs: number;
}

const { id, databaseUrl, redisUrl, home, artifacts, slots, kinds, stageMs } = JSON.parse(process.argv[2]!) as NoOpWorker;

const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());
process.once('disconnect', () => stopping.abort());

let ran = 0;
const provenance = { engine: 'none', threads: 1, device: 'none', host: 'here', node: process.version, elucidate: '0.1.0' };
const scores = [{ name: 'fid', value: 20, n: 64, evaluator: 'e'.repeat(64) }, { name: 'fid_real', value: 1.5, n: 64, evaluator: 'e'.repeat(64) }];
const execute: ExecuteStage = async ({ kind }) => {
  if (stageMs > 0) await sleep(stageMs);
  ran += 1;
  return { outputs: {}, metrics: kind === 'score' ? scores : [], provenance };
};
const reporting = setInterval(() => process.send?.({ ran }), 50);

const store = await openStore({ url: databaseUrl, artifacts, poolSize: slots + 4 });
const queue = await openBullQueue({ databaseUrl, ...(redisUrl !== undefined && { redisUrl }) });
await runWorker({ store, queue, execute, workerId: id, kinds, codeVersions, slots, home, engine: 'none', signal: stopping.signal, log: () => undefined });
clearInterval(reporting);
await queue.close();
await store.close();
process.exit(0);

import { ElucidateError } from '@elucidate/experiment/errors';
import type { Metric, StageOutcome } from '@elucidate/experiment/execution';
import type { Artifact } from '@elucidate/store/artifacts';
import type { Store } from '@elucidate/store/store';
import { recordStageEvent } from './events.js';
import type { Lease } from './lease.js';
import type { QueueJob } from './queue.js';
import { endSweeps, readyFollowers } from './readiness.js';
import { inGraph, jsonText, rows, run, type Sql } from './sql.js';

/** A stage's results, its bytes already in the store. */
export interface StoredOutcome extends StageOutcome<Artifact> {
  logHash?: string;
}

/** Writes a stage's results and closes its lease, in one transaction. Returns the jobs of stages that became ready. Throws 'lease.stale', with nothing written, if the lease is no longer ours. */
export const complete = (db: Store['db'], lease: Lease, result: StoredOutcome): Promise<QueueJob[]> =>
  inGraph(db, async (tx) => {
    await closeLease(tx, lease, result);
    await writeOutputs(tx, lease.stageId, result.outputs);
    await writeMetrics(tx, lease.stageId, result.metrics);
    await recordStageEvent(tx, 'stage.done', [lease.stageId], { metrics: Object.fromEntries(result.metrics.map(({ name, value }) => [name, value])) });
    const jobs = await readyFollowers(tx, [lease.stageId]);
    await endSweeps(tx, [lease.stageId]);
    return jobs;
  });

async function closeLease(tx: Sql, { stageId, token }: Lease, { provenance, logHash }: StoredOutcome): Promise<void> {
  const [closed] = await rows(tx, `
    with closed as (
      update stages set state = 'done', ended_at = clock_timestamp(), lease_expires_at = null, progress = null, error = null, provenance = $3
      where id = $1 and token = $2 and state = 'running' returning id),
    attempt as (
      update attempts set outcome = 'done', ended_at = clock_timestamp(), log_hash = $4
      where stage_id = $1 and token = $2 and exists (select from closed))
    select id from closed`, [stageId, token, jsonText(provenance), logHash ?? null]);
  if (closed === undefined) throw new ElucidateError('lease.stale', `Attempt ${token} at stage ${stageId.slice(0, 8)} has lost its lease, so its results are refused; another attempt has the stage, or it was cancelled`);
}

async function writeOutputs(tx: Sql, stageId: string, outputs: StoredOutcome['outputs']): Promise<void> {
  for (const [name, { hash, sizeBytes, mediaType }] of Object.entries(outputs)) {
    await run(tx, 'insert into artifacts (hash, size_bytes, media_type) values ($1, $2, $3) on conflict do nothing', [hash, sizeBytes, mediaType]);
    await run(tx, 'insert into stage_outputs (stage_id, name, hash) values ($1, $2, $3)', [stageId, name, hash]);
  }
}

async function writeMetrics(tx: Sql, stageId: string, metrics: readonly Metric[]): Promise<void> {
  for (const { name, value, stddev, n, evaluator, details } of metrics) {
    await run(tx, 'insert into metrics (stage_id, name, value, stddev, n, evaluator, details) values ($1, $2, $3, $4, $5, $6, $7)',
      [stageId, name, value, stddev ?? null, n ?? null, evaluator ?? null, details === undefined ? null : jsonText(details)]);
  }
}

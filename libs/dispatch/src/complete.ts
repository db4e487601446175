import { ElucidateError } from '@elucidate/experiment/errors';
import type { Metric, StageOutcome } from '@elucidate/experiment/execution';
import type { Artifact } from '@elucidate/store/artifacts';
import type { Store } from '@elucidate/store/store';
import { gatherFor } from './gather.js';
import type { Lease } from './lease.js';
import type { QueueJob } from './queue.js';
import { jsonText, transition, type Sql } from './sql.js';

/** A stage's results, its bytes already in the store. */
export interface StoredOutcome extends StageOutcome<Artifact> {
  logHash?: string;
}

interface Result extends StoredOutcome, Lease {}

/**
 * Writes a stage's results and closes its lease, in one transaction; stages of this process that end together are written together. Returns the jobs of
 * stages that became ready, to the first of these. A stage that is done under this token, because an earlier answer was lost, is done: nothing is
 * written again. Throws 'lease.stale', with nothing written, if the lease is no longer ours.
 */
export async function complete(db: Store['db'], { stageId, token }: Lease, result: StoredOutcome): Promise<QueueJob[]> {
  const jobs = await written(db, { ...result, stageId, token });
  if (jobs === null) throw new ElucidateError('lease.stale', `Attempt ${token} at stage ${stageId.slice(0, 8)} has lost its lease, so its results are refused; another attempt has the stage, or it was cancelled`);
  return jobs;
}

/** For each result its jobs, or null if the lease was lost. */
const written = gatherFor(async (db: Sql, results: readonly Result[]): Promise<(QueueJob[] | null)[]> => {
  const [answer] = await transition<{ outcome: { done: string[]; jobs: QueueJob[] } }>(db, 'call complete_stages($1, null)', [jsonText(results.map(recordOf))]);
  const done = new Set(answer?.outcome.done);
  let jobs = answer?.outcome.jobs ?? [];
  return results.map(({ stageId }) => {
    if (!done.has(stageId)) return null;
    const given = jobs;
    jobs = [];
    return given;
  });
});

const recordOf = ({ stageId, token, provenance, logHash, outputs, metrics }: Result): object =>
  ({ stageId, token, provenance, logHash, outputs, metrics: metrics.map(metricOf) });

/** JSON has no NaN and no infinities; PostgreSQL reads them from text. */
const metricOf = ({ value, stddev, ...metric }: Metric): object => ({ ...metric, value: numberOf(value), stddev: stddev === undefined ? undefined : numberOf(stddev) });
const numberOf = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

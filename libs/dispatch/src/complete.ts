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
  /** The artifact with the attempt's log, or the log itself. */
  logHash?: string;
  log?: string;
}

interface Result extends StoredOutcome, Lease {}

/**
 * Writes a stage's results and closes its lease, in one transaction; stages of this process that end together are written together. Returns the jobs of
 * stages that became ready, to the first of these. A stage that is done under this token, because an earlier answer was lost, is done: nothing is
 * written again. Throws 'lease.stale', with nothing written, if the lease is no longer ours.
 */
export async function complete(db: Store['db'], { stageId, token }: Lease, result: StoredOutcome): Promise<QueueJob[]> {
  const done = await written(db, { ...result, stageId, token });
  if (done === null) throw new ElucidateError('lease.stale', `Attempt ${token} at stage ${stageId.slice(0, 8)} has lost its lease, so its results are refused; another attempt has the stage, or it was cancelled`);
  return done.wide ? [...done.jobs, ...(await settleFollowers(db, stageId))] : done.jobs;
}

/** Settles the followers of a stage that very many read, page by page; others' completions go on meanwhile. If this is cut off, the reconciler goes on. */
async function settleFollowers(db: Sql, stageId: string): Promise<QueueJob[]> {
  const jobs: QueueJob[] = [];
  for (;;) {
    const [answer] = await transition<{ outcome: { more: boolean; jobs: QueueJob[] } }>(db, 'call settle_followers($1, null)', [stageId]);
    jobs.push(...(answer?.outcome.jobs ?? []));
    if (!answer?.outcome.more) return jobs;
  }
}

interface Written {
  jobs: QueueJob[];
  /** Its followers are still to be settled. */
  wide: boolean;
}

/** For each result what became of it, or null if the lease was lost. */
const written = gatherFor(async (db: Sql, results: readonly Result[]): Promise<(Written | null)[]> => {
  const [answer] = await transition<{ outcome: { done: string[]; jobs: QueueJob[]; wide: string[] } }>(db, 'call complete_stages($1, null)', [jsonText(results.map(recordOf))]);
  const done = new Set(answer?.outcome.done);
  const wide = new Set(answer?.outcome.wide);
  let jobs = answer?.outcome.jobs ?? [];
  return results.map(({ stageId }) => {
    if (!done.has(stageId)) return null;
    const given = { jobs, wide: wide.has(stageId) };
    jobs = [];
    return given;
  });
});

const recordOf = ({ stageId, token, provenance, logHash, log, outputs, metrics }: Result): object =>
  ({ stageId, token, provenance, logHash, log, outputs, metrics: metrics.map(metricOf) });

/** JSON has no NaN and no infinities; PostgreSQL reads them from text. */
const metricOf = ({ value, stddev, ...metric }: Metric): object => ({ ...metric, value: numberOf(value), stddev: stddev === undefined ? undefined : numberOf(stddev) });
const numberOf = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

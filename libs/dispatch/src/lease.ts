import type { StageProgress } from '@elucidate/experiment/execution';
import { stageKinds, type StageKind } from '@elucidate/experiment/stages';
import { gatherFor } from './gather.js';
import type { QueueJob } from './queue.js';
import { jsonText, rows, run, transition, type Sql } from './sql.js';

/** A worker's right to a stage; writes are rejected if the stage's token differs. All times are the database's. */
export interface Lease {
  stageId: string;
  token: number;
}

export interface ClaimedStage extends Lease {
  kind: StageKind;
  codeVersion: number;
  params: unknown;
  /** input name -> output name -> artifact hash. */
  inputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A stage that was leased for a job. */
export interface ChosenStage extends ClaimedStage {
  /** A sweep of it has a limit of stages at once: when this one ends there is room for another. */
  limited: boolean;
}

export interface ClaimOptions {
  workerId: string;
  leaseMs: number;
  /** The code version that the worker has of each kind it can run; a stage of another is left, ready, to others. Any, if absent. */
  codeVersions?: Readonly<Partial<Record<StageKind, number>>>;
}

/** Leases a ready stage: its token grows by one. Null if it is not ready, another worker took it, its back-off has not elapsed, or its code version is not the worker's. */
export const claim = (sql: Sql, stageId: string, { workerId, leaseMs, codeVersions }: ClaimOptions): Promise<ClaimedStage | null> =>
  claimed(sql, { stageId, terms: [workerId, leaseMs, codeVersions === undefined ? null : jsonText(codeVersions)] });

/**
 * Leases the stage whose turn it is among those of the job's kind: that of the job, while one sweep runs; else owners, and among an owner's sweeps those of the highest
 * priority, take turns by their shares. Null if there is none that this worker can run.
 */
export const claimNext = (sql: Sql, { stageId }: QueueJob, { workerId, leaseMs, codeVersions }: ClaimOptions): Promise<ChosenStage | null> =>
  chosen(sql, { stageId, terms: [workerId, leaseMs, codeVersions === undefined ? null : jsonText(codeVersions)] });

interface Wanted {
  stageId: string;
  /** The other parameters of claim_stages: worker, length of the lease, code versions. */
  terms: readonly [string, number, string | null];
}

type Terms = Wanted['terms'];

/** Claims made at the same time travel together, as far as they are made on the same terms. `claimAll` gives each stage with the one that it was claimed for. */
const together = <T>(claimAll: (sql: Sql, ids: readonly string[], terms: Terms) => Promise<readonly (readonly [wanted: string, stage: T])[]>) =>
  gatherFor(async (sql: Sql, wanted: readonly Wanted[]): Promise<(T | null)[]> => {
    const keyOf = ({ terms }: Wanted): string => JSON.stringify(terms);
    const byTerms = new Map(wanted.map((one) => [keyOf(one), one.terms]));
    const found = new Map<string, T[]>();
    for (const [key, terms] of byTerms) {
      const ids = wanted.filter((one) => keyOf(one) === key).map(({ stageId }) => stageId);
      for (const [id, stage] of await claimAll(sql, ids, terms)) found.set(id + key, [...(found.get(id + key) ?? []), stage]);
    }
    // of two jobs for one stage, one gets it
    return wanted.map((one) => found.get(one.stageId + keyOf(one))?.shift() ?? null);
  });

const claimed = together(async (sql, ids, terms) =>
  (await transition<ClaimedStage>(sql, 'select * from claim_stages($1, $2, $3, $4)', [ids, ...terms])).map((stage) => [stage.stageId, stage]));

/** How often one is chosen for a job when somebody else took the stage that had been chosen. */
const mostChoices = 3;

interface Chosen {
  claimed: { hint: string; stage: ClaimedStage; limited: boolean }[];
  /** Jobs for which another stage is to be chosen. */
  again: string[];
}

const chosen = together(async (sql, ids, terms) => {
  const found: [string, ChosenStage][] = [];
  let left = ids;
  for (let choice = 0; choice < mostChoices && left.length > 0; choice++) {
    const call = transition<{ outcome: Chosen }>(sql, 'call claim_jobs($1, $2, $3, $4, null)', [left, ...terms]);
    // what is claimed already is not given up
    const [answer] = await (choice === 0 ? call : call.catch(() => []));
    for (const { hint, stage, limited } of answer?.outcome.claimed ?? []) found.push([hint, { ...stage, limited }]);
    left = answer?.outcome.again ?? [];
  }
  return found;
});

/** Jobs for which the limits of a stage's sweeps have room, once it has ended. */
export const jobsWithinLimits = (sql: Sql, { stageId }: Lease): Promise<QueueJob[]> =>
  rows<QueueJob>(sql, 'select * from jobs_within_limits($1, $2)', [stageId, stageKinds]);

/** What a heartbeat finds: the lease is still ours and has been extended; the stage was cancelled; another worker has it. */
export type Heartbeat = 'mine' | 'cancelled' | 'lost';

/** Extends a lease. A lease that expired unnoticed, with no other worker on the stage, is simply extended. */
export async function heartbeat(sql: Sql, { stageId, token }: Lease, leaseMs: number): Promise<Heartbeat> {
  const [found] = await transition<{ state: Heartbeat }>(sql, `
    with beat as (
      update stages set lease_expires_at = clock_timestamp() + $3 * interval '1 ms', lease_ms = $3
      where id = $1 and token = $2 and state = 'running' returning id)
    select case when exists (select from beat) then 'mine'
      when exists (select from stages where id = $1 and token = $2 and state = 'cancelled') then 'cancelled' else 'lost' end as state`,
  [stageId, token, leaseMs]);
  return found?.state ?? 'lost';
}

/** Reports a stage's progress; ignored if the lease is not ours. Callers limit it to once every two seconds per stage. */
export async function reportProgress(sql: Sql, { stageId, token }: Lease, progress: StageProgress): Promise<void> {
  await transition(sql, `
    with shown as (update stages set progress = $3 where id = $1 and token = $2 and state = 'running' returning id)
    select stage_events('stage.progress', array[id], $3) from shown`, [stageId, token, jsonText(progress)]);
}

/** Hands a stage back on a clean stop: ready immediately, no attempt counted. Returns its job; none if the lease was not ours. */
export const release = (sql: Sql, { stageId, token }: Lease, logHash?: string): Promise<QueueJob[]> =>
  transition<QueueJob>(sql, 'select * from release_stage($1, $2, $3)', [stageId, token, logHash ?? null]);

/** Keeps the log, if it could be stored, of an attempt whose stage was taken away or cancelled. */
export const keepLog = async (sql: Sql, { stageId, token }: Lease, logHash: string | undefined): Promise<void> =>
  logHash === undefined ? undefined : run(sql, 'update attempts set log_hash = $3 where stage_id = $1 and token = $2', [stageId, token, logHash]);

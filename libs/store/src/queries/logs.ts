import { text } from 'node:stream/consumers';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { AttemptOutcome } from '../entities/attempt.js';
import { rows } from '../queryable.js';
import type { Store } from '../store.js';

export interface AttemptLog {
  stageId: string;
  token: number;
  workerId: string;
  /** null: the attempt is still running. */
  outcome: AttemptOutcome | null;
  /** False: what had been printed at the last heartbeat; the worker has not stored the rest, yet or for ever. */
  whole: boolean;
  text: string;
}

interface Found extends Pick<AttemptLog, 'token' | 'workerId' | 'outcome'> {
  logHash: string | null;
  log: string | null;
  /** In order; those from the middle of a very long log are not kept. */
  parts: { part: number; text: string }[] | null;
}

/** The log of an attempt at a stage, which the caller has found to be visible; unless named by its token, of the last one that left any. Throws 'not_found', 'artifact.missing', 'artifact.corrupt'. */
export async function attemptLog({ db, artifacts }: Pick<Store, 'db' | 'artifacts'>, stageId: string, token?: number): Promise<AttemptLog> {
  const [found] = await rows<Found>(db, `
    select a.token::double precision as token, a.worker_id as "workerId", a.outcome, a.log_hash as "logHash", a.log,
      (select jsonb_agg(jsonb_build_object('part', p.part, 'text', p.text) order by p.part) from log_parts p where p.stage_id = a.stage_id and p.token = a.token) as parts
    from attempts a
    where a.stage_id = $1 and a.token = coalesce($2::bigint, (
      select max(b.token) from attempts b where b.stage_id = $1 and (b.log_hash is not null or b.log is not null or exists (select from log_parts p where p.stage_id = b.stage_id and p.token = b.token))))`, [stageId, token ?? null]);
  const { logHash, log, parts, ...attempt } = found ?? nothing(stageId, token);
  if (log !== null || logHash !== null) return { stageId, ...attempt, whole: true, text: log ?? (await text(artifacts.openRead(logHash!))) };
  if (parts === null) return nothing(stageId, token);
  return { stageId, ...attempt, whole: false, text: parts.map(({ part, text: printed }, i) => (part > (parts[i - 1]?.part ?? -1) + 1 ? `[... left out ...]\n${printed}` : printed)).join('') };
}

function nothing(stageId: string, token: number | undefined): never {
  throw new ElucidateError('not_found', token === undefined
    ? `Stage ${stageId} has no log: no attempt at it has left one yet`
    : `Attempt ${token} at stage ${stageId} has no log: there is no such attempt, it has printed nothing before its first heartbeat, or its log was pruned`);
}

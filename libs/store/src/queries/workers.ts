import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageKind } from '@elucidate/experiment/stages';
import type { WorkerProblem, WorkerState } from '../entities/worker.js';
import { isLate } from '../live-worker.js';
import { isoTime, rows, type Queryable } from '../queryable.js';

/** A stage that a worker runs now. */
export interface WorkerStage {
  id: string;
  kind: StageKind;
  startedAt: string;
}

export interface WorkerRow {
  id: string;
  host: string;
  pid: number;
  engine: string;
  /** Of the code it runs; null: of a version that did not say so. */
  version: string | null;
  kinds: StageKind[];
  /** Slots. */
  concurrency: number;
  state: WorkerState;
  /** Failures in a row, over different stages. */
  failures: number;
  /** What is wrong with its own environment, and which kinds of stage it does not take until that is fixed. */
  setAside: WorkerProblem[];
  /** Kinds that it was asked to take again and has not heard of yet. */
  releasing: StageKind[];
  /** Stages it has completed, by its last heartbeat. */
  done: number;
  /** Attempts that failed on it, or whose lease expired. */
  failed: number;
  startedAt: string;
  /** Its last heartbeat. */
  seenAt: string;
  /** Its last heartbeats are missing, by the clock of the database. */
  late: boolean;
  /** Stages it holds a lease on. */
  running: WorkerStage[];
}

/** Rows at most; an installation may have had thousands of workers. */
const most = 1000;

const row = `
  select id, host, pid, engine, version, kinds, concurrency, state, failures, set_aside as "setAside", coalesce(release_kinds, '{}') as releasing, done_stages as done,
    (select count(*)::int from attempts a where a.worker_id = w.id and a.outcome in ('failed', 'expired')) as failed, started_at as "startedAt", seen_at as "seenAt", ${isLate('w')} as late,
    coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'kind', s.kind, 'startedAt', ${isoTime('s.started_at')}) order by s.started_at)
      from stages s where s.state = 'running' and s.lease_expires_at is not null and s.worker_id = w.id), '[]') as running
  from workers w`;

/** Workers, most recently seen first, the last thousand; those that are gone only on request. */
export const listWorkers = (db: Queryable, { gone = false }: { gone?: boolean } = {}): Promise<WorkerRow[]> =>
  rows(db, `${row} where $1 or state <> 'gone' order by seen_at desc, id limit ${most}`, [gone]);

/**
 * Asks a worker to take kinds again that it was set aside for, all unless given, or, if it is quarantined, to go on; it hears of that with its next heartbeat.
 * Throws 'not_found', 'request.conflict' for one that is gone or was not set aside for them.
 */
export async function releaseWorker(db: Queryable, id: string, kind?: StageKind): Promise<WorkerRow> {
  const [worker] = await rows<WorkerRow>(db, `${row} where id = $1`, [id]);
  if (worker === undefined) throw new ElucidateError('not_found', `There is no worker ${JSON.stringify(id)}; \`elucidate workers\` lists them`);
  const { state, setAside, kinds } = worker;
  if (state === 'gone' || state === 'stopping') throw new ElucidateError('request.conflict', `Worker ${id} is ${state === 'gone' ? 'gone' : 'stopping'}; start another`);
  const asked = kind === undefined ? kinds : [kind];
  if (state !== 'quarantined' && !setAside.some((problem) => problem.kinds.length === 0 || problem.kinds.some((of) => asked.includes(of)))) {
    throw new ElucidateError('request.conflict', `Worker ${id} is not set aside${kind === undefined ? '' : ` for ${kind}`}: it takes ${kinds.join(', ')}`);
  }
  await db.query(`update workers set release_kinds = array(select distinct unnest(coalesce(release_kinds, '{}') || $2::text[]) order by 1) where id = $1 and state <> 'gone'`, [id, asked]);
  return { ...worker, releasing: [...new Set([...worker.releasing, ...asked])].sort() };
}

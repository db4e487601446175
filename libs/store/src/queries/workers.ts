import type { StageKind } from '@elucidate/experiment/stages';
import type { WorkerProblem, WorkerState } from '../entities/worker.js';
import { rows, type Queryable } from '../queryable.js';

export interface WorkerRow {
  id: string;
  host: string;
  pid: number;
  engine: string;
  kinds: StageKind[];
  concurrency: number;
  state: WorkerState;
  /** Failures in a row, over different stages. */
  failures: number;
  /** What is wrong with its own environment, and which kinds of stage it does not take until that is fixed. */
  setAside: WorkerProblem[];
  startedAt: string;
  seenAt: string;
  /** Stages it holds a lease on. */
  running: string[];
}

/** Workers, most recently seen first; those that are gone only on request. */
export const listWorkers = (db: Queryable, { gone = false }: { gone?: boolean } = {}): Promise<WorkerRow[]> => rows(db, `
  select id, host, pid, engine, kinds, concurrency, state, failures, set_aside as "setAside", started_at as "startedAt", seen_at as "seenAt",
    array(select s.id from stages s where s.state = 'running' and s.worker_id = w.id order by s.started_at) as running
  from workers w where $1 or state <> 'gone' order by seen_at desc, id`, [gone]);

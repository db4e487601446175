import { blameOf } from '@elucidate/experiment/blame';
import type { ElucidateError } from '@elucidate/experiment/errors';
import { anotherHas, deferFor, needOf } from './lacking.js';
import type { ClaimedStage } from './lease.js';
import type { SetAside } from './set-aside.js';
import type { Sql } from './sql.js';

interface Excused {
  db: Sql;
  workerId: string;
  setAside: SetAside;
  /** Whether somebody released the worker since the stage began. */
  isOutdated(): boolean;
}

/** Sets a worker aside after a stage it handed back. If it lacks what no other live worker has, a data set or what a program needs, the stages that need it wait, and the worker goes on with others. One released meanwhile takes the next stage, which shows whether it still lacks it. */
export async function recordEnvironment(claimed: ClaimedStage, error: ElucidateError, { db, workerId, setAside, isOutdated }: Excused): Promise<void> {
  if (isOutdated()) return;
  if (blameOf[error.code] === 'infrastructure') return void setAside.add(error);
  const [{ kind }, need] = [claimed, needOf(claimed, error)];
  if (need === undefined) return void setAside.add(error, { kind });
  const nobodyHas = !(await anotherHas(db, { workerId, kind, need }));
  if (isOutdated()) return;
  const waitMs = setAside.add(error, { kind, need, keepTaking: nobodyHas });
  if (nobodyHas) await deferFor(db, need, waitMs);
}

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
}

/** Sets a worker aside after a stage it handed back. If it lacks what no other live worker has, a data set or what a program needs, the stages that need it wait, and the worker goes on with others. */
export async function recordEnvironment(claimed: ClaimedStage, error: ElucidateError, { db, workerId, setAside }: Excused): Promise<void> {
  if (blameOf[error.code] === 'infrastructure') return void setAside.add(error);
  const [{ kind }, need] = [claimed, needOf(claimed, error)];
  if (need === undefined) return void setAside.add(error, { kind });
  const nobodyHas = !(await anotherHas(db, { workerId, kind, need }));
  const waitMs = setAside.add(error, { kind, need, keepTaking: nobodyHas });
  if (nobodyHas) await deferFor(db, need, waitMs);
}

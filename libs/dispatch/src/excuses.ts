import { blameOf } from '@elucidate/experiment/blame';
import type { ElucidateError } from '@elucidate/experiment/errors';
import { anotherHas, datasetOf, deferForData } from './lacking-data.js';
import type { ClaimedStage } from './lease.js';
import type { SetAside } from './set-aside.js';
import type { Sql } from './sql.js';

interface Excused {
  db: Sql;
  workerId: string;
  setAside: SetAside;
}

/** Sets a worker aside after a stage it handed back. If it lacks a data set that no other live worker has, the stages that need it wait, and the worker goes on with others. */
export async function recordEnvironment({ kind, params }: ClaimedStage, error: ElucidateError, { db, workerId, setAside }: Excused): Promise<void> {
  if (blameOf[error.code] === 'infrastructure') return void setAside.add(error);
  const dataset = datasetOf(params);
  if ((error.code !== 'data.missing' && error.code !== 'data.corrupt') || dataset === undefined) return void setAside.add(error, { kind });
  const nobodyHas = !(await anotherHas(db, { workerId, kind, dataset }));
  const waitMs = setAside.add(error, { kind, dataset, keepTaking: nobodyHas });
  if (nobodyHas) await deferForData(db, dataset, waitMs);
}

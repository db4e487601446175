import { jsonText, run, type Sql } from './sql.js';

/** What can happen to a sweep and its stages, as named in the events table. */
export type SweepEvent = 'sweep.submitted' | 'sweep.retried' | 'sweep.ended';

export const recordSweepEvent = (sql: Sql, type: SweepEvent, sweepId: string, data: object): Promise<void> =>
  run(sql, 'insert into events (sweep_id, type, data) values ($1, $2, $3)', [sweepId, type, jsonText(data)]);

/** An event that concerns the whole installation. */
export const recordWorkerEvent = (sql: Sql, type: 'worker.quarantined' | 'worker.gone', data: object): Promise<void> =>
  run(sql, 'insert into events (type, data) values ($1, $2)', [type, jsonText(data)]);

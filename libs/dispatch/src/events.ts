import { jsonText, run, type Sql } from './sql.js';

/** What can happen to a sweep and its stages, as named in the events table. */
export type SweepEvent = 'sweep.submitted' | 'sweep.retried' | 'sweep.ended';
export type StageEvent = 'stage.started' | 'stage.progress' | 'stage.done' | 'stage.retrying' | 'stage.failed' | 'stage.released';

/** Writes an event for every running sweep that has these stages; the stage's id and kind are added to `data`. */
export const recordStageEvent = (sql: Sql, type: StageEvent, stageIds: readonly string[], data: object = {}): Promise<void> =>
  run(sql, `
    insert into events (sweep_id, type, data)
    select w.id, $1::text, jsonb_build_object('stageId', s.id, 'kind', s.kind) || $3::jsonb
    from stages s join sweep_stages ss on ss.stage_id = s.id join sweeps w on w.id = ss.sweep_id
    where s.id = any($2) and w.state = 'running'`, [type, stageIds, jsonText(data)]);

export const recordSweepEvent = (sql: Sql, type: SweepEvent, sweepId: string, data: object): Promise<void> =>
  run(sql, 'insert into events (sweep_id, type, data) values ($1, $2, $3)', [sweepId, type, jsonText(data)]);

/** An event that concerns the whole installation. */
export const recordWorkerEvent = (sql: Sql, type: 'worker.quarantined' | 'worker.gone', data: object): Promise<void> =>
  run(sql, 'insert into events (type, data) values ($1, $2)', [type, jsonText(data)]);

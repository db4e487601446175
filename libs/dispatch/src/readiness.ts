import type { StageKind } from '@elucidate/experiment/stages';
import { recordSweepEvent } from './events.js';
import type { QueueJob } from './queue.js';
import { rows, run, type Sql } from './sql.js';

/** Waiting stages become ready where every input is done: all of them, or those fed by `inputIds`. Gives the jobs to queue. Needs the graph lock. */
export async function readyFollowers(tx: Sql, inputIds: readonly string[] | null): Promise<QueueJob[]> {
  const ready = await rows<{ id: string }>(tx, `
    with readied as (
      update stages s set state = 'ready', ready_at = clock_timestamp()
      where s.state = 'waiting'
        and ($1::text[] is null or s.id in (select stage_id from stage_inputs where input_id = any($1)))
        and not exists (select from stage_inputs i join stages d on d.id = i.input_id where i.stage_id = s.id and d.state <> 'done')
      returning s.id)
    select id from readied`, [inputIds]);
  return readyJobs(tx, ready.map(({ id }) => id));
}

/** Jobs for those of the given stages that are ready. A stage of several running sweeps goes by its best place. */
export const readyJobs = (sql: Sql, stageIds: readonly string[]): Promise<QueueJob[]> =>
  stageIds.length === 0 ? Promise.resolve([]) : rows<QueueJob>(sql, `
    select s.id as "stageId", s.kind, s.token::int, coalesce(min(ss.position) filter (where w.state = 'running'), 0) as position
    from stages s left join sweep_stages ss on ss.stage_id = s.id left join sweeps w on w.id = ss.sweep_id
    where s.id = any($1) and s.state = 'ready'
    group by s.id order by position`, [stageIds]);

interface DueOptions {
  kinds: readonly StageKind[];
  minAgeMs: number;
  limit: number;
}

/** Ready stages whose back-off has passed and that have been ready for at least `minAgeMs`, first to be run first. */
export const dueJobs = (sql: Sql, { kinds, minAgeMs, limit }: DueOptions): Promise<QueueJob[]> =>
  rows<QueueJob>(sql, `
    select s.id as "stageId", s.kind, s.token::int, coalesce(min(ss.position) filter (where w.state = 'running'), 0) as position
    from stages s left join sweep_stages ss on ss.stage_id = s.id left join sweeps w on w.id = ss.sweep_id
    where s.state = 'ready' and s.kind = any($1)
      and greatest(s.ready_at + $2 * interval '1 ms', coalesce(s.not_before, '-infinity')) <= clock_timestamp()
    group by s.id order by position limit $3`, [kinds, minAgeMs, limit]);

/** Running sweeps without an unfinished stage end: all such, or those that have one of `stageIds`. Needs the graph lock. */
export async function endSweeps(tx: Sql, stageIds: readonly string[] | null): Promise<string[]> {
  const ended = await rows<{ id: string; state: string }>(tx, `
    with ended as (
      update sweeps w set ended_at = clock_timestamp(), state = case when exists (
          select from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = w.id and s.state <> 'done') then 'failed' else 'done' end
      where w.state = 'running'
        and ($1::text[] is null or w.id in (select sweep_id from sweep_stages where stage_id = any($1)))
        and not exists (
          select from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = w.id and s.state in ('waiting', 'ready', 'running'))
      returning w.id, w.state)
    select id, state from ended`, [stageIds]);
  for (const { id, state } of ended) await recordSweepEvent(tx, 'sweep.ended', id, { state });
  return ended.map(({ id }) => id);
}

/** Stages begin anew: uncharged, their old results forgotten; ready where their inputs are done. Needs the graph lock. */
export async function reviveStages(tx: Sql, stageIds: readonly string[]): Promise<void> {
  if (stageIds.length === 0) return;
  await run(tx, 'delete from metrics where stage_id = any($1)', [stageIds]);
  await run(tx, 'delete from stage_outputs where stage_id = any($1)', [stageIds]);
  await run(tx, `
    update stages set state = 'waiting', charged = 0, worker_id = null, lease_expires_at = null, not_before = null,
      progress = null, error = null, provenance = null, ready_at = null, started_at = null, ended_at = null
    where id = any($1)`, [stageIds]);
}

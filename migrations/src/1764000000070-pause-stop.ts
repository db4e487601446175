import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';
import { byKey, placesOf } from './1764000000031-settle.js';

/** Whether a running sweep w wants the stage at its place ss: a sweep that is being stopped wants what is needed to end its running cells. */
const wants = '(w.stopped_at is null or exists (select from kept_stages k where k.sweep_id = w.id and k.stage_id = ss.stage_id))';
/** Whether stages of sweep w may be claimed for it. */
export const goesOn = `w.state = 'running' and w.paused_at is null and ${wants}`;

const isOpen = (stage: string): string => `coalesce((select state in ('waiting', 'ready', 'running') from stages where id = ${stage}), false)`;

const edits: readonly Edit[] = [
  // a stage that no sweep goes on with has no job
  {
    name: 'jobs_of',
    from: `coalesce((select min(ss.position) from ${placesOf('s.id')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running'), 0) as position
        from stages s where`,
    to: `first.position
        from stages s cross join lateral (select min(ss.position) as position from ${placesOf('s.id')} ss join sweeps w on w.id = ss.sweep_id where ${goesOn}) first
        where first.position is not null and`,
  },
  {
    name: 'claim_stages',
    from: `and (versions is null or (versions->>stages.kind)::integer = code_version)`,
    to: `and (versions is null or (versions->>stages.kind)::integer = code_version)
            and exists (select from ${placesOf('stages.id')} ss join sweeps w on w.id = ss.sweep_id where ${goesOn})`,
  },
  // a sweep that is being stopped is over when nothing that it wants is open, and nothing of it runs
  { name: 'watch_sweep', from: 'ended text;', to: 'ended text;\n        stopping boolean;' },
  { name: 'watch_sweep', from: 'select watched_stage_id into watched', to: 'select watched_stage_id, stopped_at is not null into watched, stopping' },
  {
    name: 'watch_sweep',
    from: `and ${isOpen('ss.stage_id')}
          order by`,
    to: `and ${isOpen('ss.stage_id')}
            and (not stopping or exists (select from kept_stages k where k.sweep_id = of_sweep and k.stage_id = ss.stage_id)
              or (select s.state = 'running' from stages s where s.id = ss.stage_id))
          order by`,
  },
  { name: 'watch_sweep', from: 'ended := case when exists (', to: `ended := case when stopping then 'cancelled' when exists (` },
  {
    name: 'watch_sweep',
    from: `jsonb_build_object('state', ended));`,
    to: `jsonb_build_object('state', ended));
        if stopping then
          insert into unsettled_sweeps (sweep_id, at) values (of_sweep, '-infinity') on conflict (sweep_id) do update set position = 0, restart_before = clock_timestamp(), at = '-infinity';
        end if;`,
  },
  {
    name: 'settle_sweep',
    from: `and position = -1;
          commit;
          outcome := '{"more": false, "jobs": [], "cancelled": 0}';`,
    to: `and position = -1;
          commit;
          -- if it was being stopped and is over, the rest is to be cancelled
          outcome := jsonb_build_object('more', exists (select from unsettled_sweeps where sweep_id = of_sweep), 'jobs', '[]'::jsonb, 'cancelled', 0);`,
  },
  // a retry ends a pause of what had ended, and the wish to stop
  {
    name: 'retry_sweep',
    from: `update sweeps set state = 'running', ended_at = null, watched_stage_id = null where id = of_sweep and state <> 'done';
        if not found then return again; end if;`,
    to: `update sweeps set state = 'running', ended_at = null, watched_stage_id = null, stopped_at = null, paused_at = case when state = 'running' then paused_at end
          where id = of_sweep and state <> 'done';
        if not found then return again; end if;
        delete from kept_stages where sweep_id = of_sweep;`,
  },
];

/** A running sweep can be paused and resumed, stopped, and some of its failed stages tried again. */
export class PauseStop1764000000070 implements MigrationInterface {
  readonly name = 'PauseStop1764000000070';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table sweeps
        -- no stage is claimed for it from then on
        add column paused_at timestamptz,
        -- it ends with the cells that ran then
        add column stopped_at timestamptz;

      -- of a sweep that is being stopped: the stages of the cells that ran
      create table kept_stages (
        sweep_id text not null,
        stage_id text not null,
        constraint kept_stages_pkey primary key (sweep_id, stage_id),
        constraint kept_stages_place_fkey foreign key (sweep_id, stage_id) references sweep_stages on delete cascade
      );

      -- Pauses a running sweep; returns the state it had, null if there is no such sweep.
      create function pause_sweep(of_sweep text, of_principal text) returns text language plpgsql as $$
      declare
        sweep_state text;
      begin
        select state into sweep_state from sweeps where id = of_sweep for no key update;
        update sweeps set paused_at = clock_timestamp() where id = of_sweep and sweep_state = 'running' and paused_at is null;
        if found then
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.paused', jsonb_build_object('by', of_principal));
        end if;
        return sweep_state;
      end $$;

      -- As pause_sweep. Jobs of its ready stages are to be queued.
      create function resume_sweep(of_sweep text, of_principal text) returns text language plpgsql as $$
      declare
        sweep_state text;
      begin
        select state into sweep_state from sweeps where id = of_sweep for no key update;
        update sweeps set paused_at = null where id = of_sweep and sweep_state = 'running' and paused_at is not null;
        if found then
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.resumed', jsonb_build_object('by', of_principal));
        end if;
        return sweep_state;
      end $$;

      -- Lets a running sweep end with its running cells: with those of its stages that run, all that follows from these, and what that needs. Stages of
      -- "common" kinds, which all cells need, make no cell run. Returns the state that the sweep had, null if there is no such sweep.
      create function stop_sweep(of_sweep text, of_principal text, common text[]) returns text language plpgsql ${byKey} as $$
      declare
        sweep_state text;
        kept integer;
      begin
        select state into sweep_state from sweeps where id = of_sweep for no key update;
        update sweeps set stopped_at = clock_timestamp(), watched_stage_id = null where id = of_sweep and sweep_state = 'running' and stopped_at is null;
        if not found then return sweep_state; end if;
        with recursive running as (
          select s.id from stages s where s.state = 'running' and s.lease_expires_at is not null and s.kind <> all(common)
            and exists (select from sweep_stages ss where ss.sweep_id = of_sweep and ss.stage_id = s.id)),
        below(id) as (
          select id from running
          union select i.stage_id from below b cross join lateral (select stage_id from stage_inputs where input_id = b.id offset 0) i
            where exists (select from sweep_stages ss where ss.sweep_id = of_sweep and ss.stage_id = i.stage_id)),
        needed(id) as (
          select id from below
          union select i.input_id from needed n cross join lateral (select input_id from stage_inputs where stage_id = n.id offset 0) i where ${isOpen('i.input_id')})
        insert into kept_stages (sweep_id, stage_id) select of_sweep, id from needed;
        get diagnostics kept = row_count;
        -- whether anything of it is open has to be looked at
        insert into unsettled_sweeps (sweep_id, position, restart_before) values (of_sweep, -1, '-infinity') on conflict (sweep_id) do nothing;
        insert into events (sweep_id, type, data) values (of_sweep, 'sweep.stopping', jsonb_build_object('by', of_principal, 'stages', kept));
        return sweep_state;
      end $$;

      -- Starts those of the stages of a sweep again that failed permanently, with the failed inputs that kept them from running and all failed stages
      -- that need these; the sweep runs again. outcome: { state: that the sweep had, retried: how many, jobs }; null if there is no such sweep.
      create procedure retry_stages(of_sweep text, of_principal text, of_stages text[], inout outcome jsonb) language plpgsql as $$
      declare
        sweep_state text;
        these text[];
        readied text[];
      begin
        perform by_key();
        these := array(
          with recursive above(id) as (
            select ss.stage_id from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = of_sweep and ss.stage_id = any(of_stages) and s.state in ('failed', 'quarantined')
            union select i.input_id from above a join stage_inputs i on i.stage_id = a.id join stages s on s.id = i.input_id where s.state in ('failed', 'quarantined')),
          again(id) as (
            select id from above
            union select i.stage_id from again a cross join lateral (select stage_id from stage_inputs where input_id = a.id offset 0) i
              join stages s on s.id = i.stage_id
              where s.state in ('failed', 'quarantined') and exists (select from sweep_stages ss where ss.sweep_id = of_sweep and ss.stage_id = i.stage_id))
          select s.id from stages s where s.id = any(array(select id from again)) and s.state in ('failed', 'quarantined') order by s.id for no key update);
        select case when state = 'running' and stopped_at is not null then 'stopping' else state end into sweep_state from sweeps where id = of_sweep for no key update;
        if not found then return; end if;
        if sweep_state not in ('running', 'failed') then these := '{}'; end if;
        if these <> '{}' then
          update sweeps set state = 'running', ended_at = null, watched_stage_id = null, paused_at = case when state = 'running' then paused_at end where id = of_sweep;
          perform restart_stages(these);
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.retried', jsonb_build_object('stages', cardinality(these), 'by', of_principal));
        end if;
        commit;
        perform by_key();
        readied := settle_stages(these);
        outcome := jsonb_build_object('state', sweep_state, 'retried', cardinality(these), 'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(readied) j));
        commit;
      end $$;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop procedure retry_stages;
      drop function stop_sweep, resume_sweep, pause_sweep;
      drop table kept_stages;
      alter table sweeps drop column stopped_at, drop column paused_at;
    `);
  }
}

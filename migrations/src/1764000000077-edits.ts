import type { MigrationInterface, QueryRunner } from 'typeorm';
import { byKey } from './1764000000031-settle.js';

/** Trials of a sweep that the edit has under the same key: its stages in "was". */
const sameTrial = `
        from trials t join edit_trials e on e.edit_id = of_edit and e.cell_id = t.cell_id and e.train_seed = t.train_seed and e.sample_seed = t.sample_seed
        cross join lateral (select jsonb_object_agg(role, stage_id) as stages from trial_stages where trial_id = t.id) was
        where t.sweep_id = of_sweep`;

const inEdit = {
  cell: (cell: string): string => `exists (select from edit_cells e where e.edit_id = of_edit and e.id = ${cell})`,
  stage: (stage: string): string => `exists (select from edit_stages e where e.edit_id = of_edit and e.id = ${stage})`,
};

/**
 * A sweep is edited by giving it another plan. The new plan is written aside, chunk by chunk, in tables that nobody else looks at; one call then compares
 * it with what the sweep has and changes what differs. What is in both plans is not touched.
 */
export class Edits1764000000077 implements MigrationInterface {
  readonly name = 'Edits1764000000077';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the parameters in the order of the grid's axes, which jsonb forgets; null: submitted before this was noted
      alter table sweeps add column parameter_order text[];

      -- a plan that is to become a sweep's; lost if the server falls, as then the edit is
      create unlogged table edits (
        id text constraint edits_pkey primary key,
        at timestamptz not null default clock_timestamp()
      );
      create unlogged table edit_cells (
        edit_id text not null constraint edit_cells_edit_id_fkey references edits on delete cascade,
        id text not null,
        position integer not null,
        config jsonb not null,
        constraint edit_cells_pkey primary key (edit_id, id)
      );
      create unlogged table edit_stages (
        edit_id text not null constraint edit_stages_edit_id_fkey references edits on delete cascade,
        id text not null,
        position integer not null,
        -- the row as it was planned, should the stage be deleted before the edit is made
        planned jsonb not null,
        constraint edit_stages_pkey primary key (edit_id, id)
      );
      create unlogged table edit_trials (
        edit_id text not null constraint edit_trials_edit_id_fkey references edits on delete cascade,
        cell_id text not null,
        train_seed integer not null,
        sample_seed integer not null,
        stages jsonb not null,
        constraint edit_trials_pkey primary key (edit_id, cell_id, train_seed, sample_seed)
      );

      -- stages that a sweep no longer has, still to be looked at: those that nobody needs are cancelled
      create table dropped_stages (
        sweep_id text not null,
        stage_id text not null,
        constraint dropped_stages_pkey primary key (sweep_id, stage_id)
      );

      -- How the plan of an edit differs from a sweep's: counts of cells, trials and stages. "changed": trials whose stages differ; "alreadyDone": of those added;
      -- "cancelled": dropped ones that have not ended and that no other running sweep has.
      create function plan_difference(of_sweep text, of_edit text) returns jsonb language sql stable ${byKey} as $$
        with cell as (
          select count(*) as had, count(*) filter (where ${inEdit.cell('c.id')}) as kept from cells c where c.sweep_id = of_sweep),
        trial as (
          select (select count(*) from trials where sweep_id = of_sweep) as had, count(*) as same, count(*) filter (where was.stages <> e.stages) as changed ${sameTrial}),
        stage as (
          select count(*) as had, count(*) filter (where kept) as kept,
            count(*) filter (where not kept and state in ('waiting', 'ready', 'running') and not exists (
              select from sweep_stages other join sweeps w on w.id = other.sweep_id where other.stage_id = was.id and other.sweep_id <> of_sweep and w.state = 'running')) as cancelled
          from (select s.id, s.state, ${inEdit.stage('s.id')} as kept from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = of_sweep) was),
        addition as (
          select count(*) as added, count(*) filter (where (select s.state = 'done' from stages s where s.id = e.id)) as done
          from edit_stages e where e.edit_id = of_edit and not exists (select from sweep_stages ss where ss.sweep_id = of_sweep and ss.stage_id = e.id))
        select jsonb_build_object(
          'cells', jsonb_build_object('added', (select count(*) from edit_cells where edit_id = of_edit) - cell.kept, 'dropped', cell.had - cell.kept, 'kept', cell.kept),
          'trials', jsonb_build_object('added', (select count(*) from edit_trials where edit_id = of_edit) - trial.same, 'dropped', trial.had - trial.same, 'changed', trial.changed, 'kept', trial.same - trial.changed),
          'stages', jsonb_build_object('added', addition.added, 'alreadyDone', addition.done, 'dropped', stage.had - stage.kept, 'cancelled', stage.cancelled, 'kept', stage.kept))
        from cell, trial, stage, addition
      $$;

      -- Gives a sweep the plan of an edit. "change": { version: that it must have, name, spec, order: of its parameters, principal }. Stages keep their places, new
      -- ones come after them. Returns { version: the sweep's, difference }; of these only the version, if that is another one; "missing" if stages of the edit were
      -- deleted since they were written, and nothing was changed; null if there is no such sweep.
      create function make_edit(of_sweep text, of_edit text, change jsonb) returns jsonb language plpgsql ${byKey} as $$
      declare
        sweep sweeps;
        difference jsonb;
        work boolean;
        added integer;
      begin
        -- one edit of a sweep at a time; others find its new version
        perform pg_advisory_xact_lock(hashtextextended('elucidate.edit.' || of_sweep, 0));
        select * into sweep from sweeps where id = of_sweep;
        if not found then return null; end if;
        if sweep.version <> (change->>'version')::integer then return jsonb_build_object('version', sweep.version); end if;
        difference := plan_difference(of_sweep, of_edit);
        work := exists (select from jsonb_each(difference) part, jsonb_each_text(part.value) number where number.key in ('added', 'dropped', 'changed') and number.value <> '0');
        if not work and sweep.spec = change->'spec' and sweep.name = change->>'name' and sweep.parameter_order is not distinct from array(select jsonb_array_elements_text(change->'order')) then
          return jsonb_build_object('version', sweep.version, 'difference', difference);
        end if;

        -- held, so that nobody deletes them from now on
        with noted as (
          insert into sweep_stages (sweep_id, stage_id, position, reused)
          select of_sweep, e.id, e.position + 1 + coalesce((select max(position) from sweep_stages where sweep_id = of_sweep), -1), held.state = 'done'
          from edit_stages e cross join lateral (select s.state from stages s where s.id = e.id for key share skip locked) held
          where e.edit_id = of_edit and not exists (select from sweep_stages ss where ss.sweep_id = of_sweep and ss.stage_id = e.id)
          returning 1)
        select count(*) into added from noted;
        if added <> (difference->'stages'->>'added')::integer then
          raise exception using errcode = 'EL001', message = 'stages of the edit were deleted';
        end if;

        update cells c set position = e.position, config = e.config from edit_cells e
          where e.edit_id = of_edit and c.sweep_id = of_sweep and c.id = e.id and (c.position, c.config) is distinct from (e.position, e.config);
        insert into cells (sweep_id, id, position, config)
          select of_sweep, e.id, e.position, e.config from edit_cells e
          where e.edit_id = of_edit and not exists (select from cells c where c.sweep_id = of_sweep and c.id = e.id);

        -- nobody counts what is taken away while it is
        perform pg_advisory_xact_lock(${0x73756d6d});
        delete from trials where id = any(array(select t.id ${sameTrial} and was.stages <> e.stages));
        delete from cells c where c.sweep_id = of_sweep and not ${inEdit.cell('c.id')};
        delete from trials t where t.sweep_id = of_sweep and not exists (
          select from edit_trials e where e.edit_id = of_edit and e.cell_id = t.cell_id and e.train_seed = t.train_seed and e.sample_seed = t.sample_seed);
        with gone as (
          delete from sweep_stages ss where ss.sweep_id = of_sweep and not ${inEdit.stage('ss.stage_id')} returning stage_id)
        insert into dropped_stages select of_sweep, stage_id from gone on conflict do nothing;
        delete from dropped_stages d where d.sweep_id = of_sweep and ${inEdit.stage('d.stage_id')};

        with entered as (
          insert into trials (sweep_id, cell_id, train_seed, sample_seed)
          select of_sweep, e.cell_id, e.train_seed, e.sample_seed from edit_trials e
          where e.edit_id = of_edit and not exists (
            select from trials t where t.sweep_id = of_sweep and t.cell_id = e.cell_id and t.train_seed = e.train_seed and t.sample_seed = e.sample_seed)
          returning id, cell_id, train_seed, sample_seed)
        insert into trial_stages (trial_id, role, stage_id)
        select t.id, part.role, part.stage_id
        from entered t join edit_trials e on e.edit_id = of_edit and e.cell_id = t.cell_id and e.train_seed = t.train_seed and e.sample_seed = t.sample_seed
        cross join lateral jsonb_each_text(e.stages) as part(role, stage_id);

        -- last, as others wait for this row
        update sweeps set name = change->>'name', spec = change->'spec', parameter_order = array(select jsonb_array_elements_text(change->'order')), version = version + 1
          where id = of_sweep and version = sweep.version;
        if not found then raise exception using errcode = '40001', message = 'the sweep was edited or deleted meanwhile'; end if;
        if work then
          -- as a retry does: it ends a pause of what had ended, and the wish to stop
          update sweeps set state = 'running', ended_at = null, watched_stage_id = null, stopped_at = null, paused_at = case when state = 'running' then paused_at end
            where id = of_sweep;
          delete from kept_stages where sweep_id = of_sweep;
          insert into unsettled_sweeps (sweep_id) values (of_sweep)
            on conflict (sweep_id) do update set position = 0, restart_before = clock_timestamp(), at = clock_timestamp();
        end if;
        insert into events (sweep_id, type, data)
          values (of_sweep, 'sweep.edited', jsonb_build_object('version', sweep.version + 1, 'by', change->>'principal') || difference);
        return jsonb_build_object('version', sweep.version + 1, 'difference', difference);
      end $$;

      create trigger sweeps_edited after update of version on sweeps for each row when (old.version <> new.version) execute function note_sweep();

      -- Cancels those of up to "most" stages that were dropped from a sweep and that no running sweep needs; outcome: { more, cancelled }.
      create procedure cancel_dropped(of_sweep text, most integer, inout outcome jsonb) language plpgsql as $$
      declare
        these text[];
        cancelled text[];
      begin
        perform by_key();
        these := array(select stage_id from dropped_stages where sweep_id = of_sweep order by stage_id limit most for update);
        if these = '{}' then
          outcome := '{"more": false, "cancelled": 0}';
          return;
        end if;
        cancelled := cancel_stages(these);
        delete from dropped_stages where sweep_id = of_sweep and stage_id = any(these);
        commit;
        set local synchronous_commit = off;
        perform by_key();
        perform settle_stages(cancelled);
        outcome := jsonb_build_object('more', cardinality(these) = most, 'cancelled', cardinality(cancelled));
        commit;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop procedure cancel_dropped;
      drop trigger sweeps_edited on sweeps;
      drop function make_edit, plan_difference;
      drop table dropped_stages, edit_trials, edit_stages, edit_cells, edits;
      alter table sweeps drop column parameter_order;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowsOf } from './1764000000031-settle.js';

const endedBefore = "state in ('failed', 'quarantined', 'cancelled') and ended_at < mark.restart_before";
const cancelledOrEndedBefore = "(state = 'cancelled' or state in ('failed', 'quarantined') and ended_at < mark.restart_before)";

/** Changes a part of a procedure, and leaves the rest as earlier migrations made it. */
const inProcedure = (name: string, from: string, to: string): string => `
      do $do$
      declare
        made text := pg_get_functiondef('${name}'::regproc);
      begin
        if strpos(made, $from$${from}$from$) = 0 then raise exception '% is not as this migration expects it', '${name}'; end if;
        execute replace(made, $from$${from}$from$, $to$${to}$to$);
      end $do$;`;

/** Deleting a sweep is one call, which waits for nobody: where somebody else uses a row that it would delete, it changes nothing and is called again. */
export class Deletion1764000000076 implements MigrationInterface {
  readonly name = 'Deletion1764000000076';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Deletes a sweep that has ended, with its cells, trials and events, and the stages that no other sweep has and nothing left over reads.
      -- "of_version": the version that it must have; null: any. Returns { state, version, stages: how many were deleted, null if the sweep was left alone };
      -- null if there is no such sweep.
      create function delete_sweep(of_sweep text, of_version integer) returns jsonb language plpgsql as $$
      declare
        sweep sweeps;
        own text[];
        outside text[];
        gone text[];
      begin
        select * into sweep from sweeps where id = of_sweep for update nowait;
        if not found then return null; end if;
        if sweep.state = 'running' or sweep.version <> of_version then
          return jsonb_build_object('state', sweep.state, 'version', sweep.version, 'stages', null);
        end if;
        own := array(
          select ss.stage_id from sweep_stages ss
          where ss.sweep_id = of_sweep and not exists (select from sweep_stages other where other.stage_id = ss.stage_id and other.sweep_id <> of_sweep));
        -- a submission that has noted one of them holds it; one that comes later finds it gone
        perform from stages where id = any(own) order by id for update nowait;
        delete from sweeps where id = of_sweep;
        outside := array(select i.stage_id from ${rowsOf('stage_inputs', 'input_id', 'own')} i except select unnest(own));
        with recursive kept(id) as (
          select id from (
            select s.id from stages s where s.id = any(own) and (s.state = 'running' or exists (select from sweep_stages ss where ss.stage_id = s.id))
            union select i.input_id from ${rowsOf('stage_inputs', 'stage_id', 'outside')} i
          ) needed
          union select i.input_id from kept k cross join lateral (select input_id from stage_inputs where stage_id = k.id offset 0) i)
        select array(select unnest(own) except select id from kept) into gone;
        delete from stage_inputs i using unnest(gone) as given(id) where i.stage_id = given.id;
        delete from stages s using unnest(gone) as given(id) where s.id = given.id;
        return jsonb_build_object('state', sweep.state, 'version', sweep.version, 'stages', cardinality(gone));
      end $$;

      -- A running sweep has no cancelled stage: one that was cancelled with another sweep, just before this one could be seen, starts again too.
      ${inProcedure('settle_sweep', endedBefore, cancelledOrEndedBefore)}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${inProcedure('settle_sweep', cancelledOrEndedBefore, endedBefore)}
      drop function delete_sweep;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { rowsOf } from './1764000000031-settle.js';

/** Stages that no sweep has are left by edits that dropped them, with the results of those that were done, and by submissions that were cut off: prune deletes them. */
export class LooseStages1764000000078 implements MigrationInterface {
  readonly name = 'LooseStages1764000000078';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Stages that no sweep has, that ended, or else were written, more than "older_ms" ago, and that none which is kept reads.
      create function loose_stages(older_ms float8) returns text[] language sql stable as $$
        with recursive loose as (
          select s.id, s.state = 'running' or coalesce(s.ended_at, s.created_at) >= clock_timestamp() - older_ms * interval '1 ms' as needed
          from stages s where not exists (select from sweep_stages ss where ss.stage_id = s.id)),
        kept(id) as (
          select id from loose where needed
          union select i.input_id from kept k cross join lateral (select input_id from stage_inputs where stage_id = k.id offset 0) i)
        select array(select id from loose except select id from kept)
      $$;

      -- Deletes loose stages, but for those that somebody uses at that moment; returns how many.
      create function delete_loose_stages(older_ms float8) returns integer language plpgsql as $$
      declare
        these text[] := loose_stages(older_ms);
        outside text[];
        gone text[];
      begin
        these := array(select id from stages where id = any(these) order by id for update skip locked);
        -- locked, then looked at again
        these := array(select unnest(these) intersect select unnest(loose_stages(older_ms)));
        outside := array(select i.stage_id from ${rowsOf('stage_inputs', 'input_id', 'these')} i except select unnest(these));
        with recursive kept(id) as (
          select i.input_id from ${rowsOf('stage_inputs', 'stage_id', 'outside')} i
          union select i.input_id from kept k cross join lateral (select input_id from stage_inputs where stage_id = k.id offset 0) i)
        select array(select unnest(these) except select id from kept) into gone;
        delete from stage_inputs i using unnest(gone) as given(id) where i.stage_id = given.id;
        delete from stages s using unnest(gone) as given(id) where s.id = given.id;
        return cardinality(gone);
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop function delete_loose_stages, loose_stages`);
  }
}

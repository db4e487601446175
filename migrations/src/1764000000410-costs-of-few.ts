import type { MigrationInterface, QueryRunner } from 'typeorm';

const seconds = 'extract(epoch from greatest(a.ended_at - a.started_at, interval \'0\'))';

/** What a sweep of few stages costs is looked up stage by stage, and not found by reading the attempts of all sweeps. */
export class CostsOfFew1764000000410 implements MigrationInterface {
  readonly name = 'CostsOfFew1764000000410';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter function cost_sweep(text) rename to cost_whole_sweep;

      -- The costs of all stages of a sweep. It begins with the stages themselves where they are few: the planner then sees how few, and finds the rest by index.
      create function cost_sweep(of_sweep text) returns void language plpgsql set jit = off as $$
      declare
        own text[] := array(select stage_id from sweep_stages where sweep_id = of_sweep limit 1001);
      begin
        if cardinality(own) > 1000 then
          perform cost_whole_sweep(of_sweep);
          return;
        end if;
        -- added up rather than joined: whatever the planner expects, no stage is compared with every other
        with uses as materialized (select ts.stage_id, count(*) as trials from trials t join trial_stages ts on ts.trial_id = t.id where t.sweep_id = of_sweep group by 1),
        parts as (
          select id as stage_id, 0 as spent, 0 as saved from unnest(own) given(id)
          union all
          select a.stage_id, ${seconds}, 0 from unnest(own) given(id) join sweep_attempts a on a.sweep_id = of_sweep and a.stage_id = given.id where a.ended_at is not null
          union all
          select s.id, 0, (uses.trials - 1) * ${seconds}
          from uses join stages s on s.id = uses.stage_id and s.state = 'done' join attempts a on a.stage_id = s.id and a.token = s.token and a.outcome = 'done'),
        now as (select stage_id, sum(spent) as spent, sum(saved) as saved from parts group by 1)
        update sweep_stages ss set spent = now.spent, saved = now.saved from now
        where ss.sweep_id = of_sweep and ss.stage_id = now.stage_id and (ss.spent, ss.saved) is distinct from (now.spent, now.saved);
        update sweep_sizes z set (spent, saved) = (select coalesce(sum(ss.spent), 0), coalesce(sum(ss.saved), 0) from sweep_stages ss where ss.sweep_id = of_sweep) where z.sweep_id = of_sweep;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop function cost_sweep(text);
      alter function cost_whole_sweep(text) rename to cost_sweep;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sweeps may spend. */
export class Budgets1764000000181 implements MigrationInterface {
  readonly name = 'Budgets1764000000181';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- what a sweep with a budget had spent when that was last counted
      create table budgets (
        sweep_id text constraint budgets_pkey primary key constraint budgets_sweep_id_fkey references sweeps on delete cascade,
        checked_at timestamptz not null,
        -- how long counting took: the next time is fifty times as far away
        took_ms double precision not null,
        spent_seconds double precision not null,
        -- it is paused because the budget is used up, not because somebody paused it
        held boolean not null
      );

      -- Running sweeps whose spending is to be counted.
      create function budgets_due(most integer) returns setof text language sql as $$
        select w.id from sweeps w left join budgets b on b.sweep_id = w.id
        where w.state = 'running' and (w.spec ? 'budget' or b.held)
          and (b.checked_at is null or b.checked_at not between clock_timestamp() - greatest(interval '2 s', b.took_ms * interval '50 ms') and clock_timestamp())
        order by b.checked_at nulls first limit most
      $$;

      -- Pauses a running sweep whose budget is used up, and lets one go on that was paused for that and has budget again; returns which it did. May be called any number of times.
      create function hold_to_budget(of_sweep text, spent double precision, took double precision) returns text language plpgsql as $$
      declare
        sweep sweeps;
        was_held boolean;
        used_up boolean;
      begin
        select * into sweep from sweeps where id = of_sweep for no key update;
        if sweep.state is distinct from 'running' then return null; end if;
        was_held := coalesce((select held from budgets where sweep_id = of_sweep), false);
        -- one that is being stopped ends its running cells, for which their stages have to be claimed
        used_up := sweep.stopped_at is null and (coalesce(spent >= 3600 * (sweep.spec->'budget'->>'deviceHours')::double precision, false)
          or coalesce(clock_timestamp() >= sweep.created_at + (sweep.spec->'budget'->>'wallHours')::double precision * interval '1 hour', false));
        insert into budgets (sweep_id, checked_at, took_ms, spent_seconds, held)
          values (of_sweep, clock_timestamp(), took, spent, used_up and (was_held or sweep.paused_at is null))
          on conflict (sweep_id) do update set checked_at = excluded.checked_at, took_ms = excluded.took_ms, spent_seconds = excluded.spent_seconds, held = excluded.held;
        if used_up and sweep.paused_at is null then
          update sweeps set paused_at = clock_timestamp() where id = of_sweep;
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.budget_spent', jsonb_build_object('spentHours', spent / 3600, 'budget', sweep.spec->'budget'));
          return 'held';
        end if;
        if was_held and not used_up and sweep.paused_at is not null then
          update sweeps set paused_at = null where id = of_sweep;
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.resumed', jsonb_build_object('by', 'budget', 'spentHours', spent / 3600, 'budget', sweep.spec->'budget'));
          return 'freed';
        end if;
        return null;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function hold_to_budget, budgets_due; drop table budgets');
  }
}

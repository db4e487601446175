import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

/** An installation that stands still again and again may do so because of the stage that runs then. */
const mostUncounted = 5;

const edits: readonly Edit[] = [
  {
    name: 'expire_leases', from: `'counted', true,`,
    to: `'counted', stage.lease_expires_at >= coalesce((select woke_at from passes), '-infinity') or (select count(*) from attempts a where a.stage_id = stage.id and a.outcome = 'expired') >= ${mostUncounted},`,
  },
];

/** A lease that expired while nothing of the installation ran, as on a machine that was asleep, says nothing of the stage: it costs no attempt. */
export class Passes1764000000140 implements MigrationInterface {
  readonly name = 'Passes1764000000140';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- one row: when somebody last reconciled, and when somebody first did so after nobody had for long
      create table passes (
        one boolean constraint passes_pkey primary key default true constraint passes_one check (one),
        last_at timestamptz not null,
        woke_at timestamptz
      );

      -- Notes that somebody reconciles; whether nobody had for "asleep", ms.
      create function pass(asleep double precision) returns boolean language plpgsql as $$
      declare
        now_at timestamptz := clock_timestamp();
        woke boolean;
      begin
        perform set_config('synchronous_commit', 'off', true);
        insert into passes as p (last_at) values (now_at)
          on conflict (one) do update set last_at = now_at, woke_at = case when p.last_at < now_at - asleep * interval '1 ms' then now_at else least(p.woke_at, now_at) end
          returning p.woke_at is not distinct from now_at into woke;
        return woke;
      end $$;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('drop function pass; drop table passes');
  }
}

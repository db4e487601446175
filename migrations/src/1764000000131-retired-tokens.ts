import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  {
    name: 'delete_loose_stages',
    from: `these := array(select id from stages where id = any(these) order by id for update skip locked);`,
    to: `delete from retired_tokens where at < clock_timestamp() - greatest(older_ms, 2592000000) * interval '1 ms';
        these := array(select id from stages where id = any(these) order by id for update skip locked);`,
  },
];

/**
 * A stage that is deleted and planned again goes on with the tokens that it had: somebody may still hold one, such as a worker that was frozen when the
 * sweep was cancelled and deleted. Kept for a month.
 */
export class RetiredTokens1764000000131 implements MigrationInterface {
  readonly name = 'RetiredTokens1764000000131';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table retired_tokens (
        stage_id text constraint retired_tokens_pkey primary key,
        -- the last that an attempt at the stage had when it was deleted
        token bigint not null,
        at timestamptz not null default clock_timestamp()
      );
      create function retire_tokens() returns trigger language plpgsql as $$
      begin
        insert into retired_tokens (stage_id, token) select id, token from gone where token > 0 order by id
          on conflict (stage_id) do update set token = greatest(retired_tokens.token, excluded.token), at = excluded.at;
        return null;
      end $$;
      create trigger stages_retire_tokens after delete on stages referencing old table as gone for each statement execute function retire_tokens();

      -- looked up once the row is there: an insert waits for whoever deletes the same stage
      create function resume_tokens() returns trigger language plpgsql as $$
      begin
        if exists (select from retired_tokens) then
          update stages s set token = r.token from entered e join retired_tokens r on r.stage_id = e.id where s.id = e.id and s.token < r.token;
        end if;
        return null;
      end $$;
      create trigger stages_resume_tokens after insert on stages referencing new table as entered for each statement execute function resume_tokens();
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop trigger stages_resume_tokens on stages;
      drop trigger stages_retire_tokens on stages;
      drop function resume_tokens, retire_tokens;
      drop table retired_tokens;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { byKey } from './1764000000031-settle.js';

/** Rows of "table" that are written by the statement that writes the row that owns them, and deleted with it. */
const owned = [
  { table: 'stage_inputs', key: 'stage_id', owner: 'stages', takeAlong: 'take_inputs_along' },
  { table: 'trial_stages', key: 'trial_id', owner: 'trials', takeAlong: 'take_trial_stages_along' },
] as const;

/**
 * A stage's inputs are written by the statement that writes the stage, a trial's stages by that which writes the trial: that the owner exists follows, and
 * checking it again for each row took a tenth of the time of a submission. All that an owner had is deleted with it, in one statement.
 */
export class WrittenTogether1764000000232 implements MigrationInterface {
  readonly name = 'WrittenTogether1764000000232';

  async up(runner: QueryRunner): Promise<void> {
    for (const { table, key, owner, takeAlong } of owned) {
      await runner.query(`
        alter table ${table} drop constraint ${table}_${key}_fkey;
        create function ${takeAlong}() returns trigger language plpgsql ${byKey} set plan_cache_mode = force_generic_plan as $$
        begin
          delete from ${table} t using gone where t.${key} = gone.id;
          return null;
        end $$;
        create trigger ${owner}_${takeAlong} after delete on ${owner} referencing old table as gone for each statement execute function ${takeAlong}();
      `);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const { table, key, owner, takeAlong } of owned) {
      await runner.query(`
        drop trigger ${owner}_${takeAlong} on ${owner};
        drop function ${takeAlong};
        alter table ${table} add constraint ${table}_${key}_fkey foreign key (${key}) references ${owner} on delete cascade;
      `);
    }
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * PostgreSQL plans a statement of a function anew for each call if it expects the plan for these arguments to be cheaper, which it does for short lists of
 * stages. All is looked up by key, so one plan serves any list, and planning took more time than all else that a claim or a completion does.
 */
export class GenericPlans1764000000085 implements MigrationInterface {
  readonly name = 'GenericPlans1764000000085';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${forFunctionsByKey('set plan_cache_mode = force_generic_plan')}
      -- for procedures, which cannot be declared so
      create or replace function by_key() returns void language sql as $$
        select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
          set_config('enable_material', 'off', true), set_config('plan_cache_mode', 'force_generic_plan', true)
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${forFunctionsByKey('reset plan_cache_mode')}
      create or replace function by_key() returns void language sql as $$
        select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_material', 'off', true)
      $$;
    `);
  }
}

/** Those that are declared with the settings of 1764000000031's byKey. */
const forFunctionsByKey = (change: string): string => `
      do $$
      declare
        named text;
      begin
        for named in select oid::regprocedure from pg_proc where pronamespace = current_schema()::regnamespace and 'enable_seqscan=off' = any(proconfig) loop
          execute format('alter function %s ${change}', named);
        end loop;
      end $$;`;

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The failures of a sweep are found without reading all of its attempts, and a worker says which version of the code it runs. */
export class Failures1764000000080 implements MigrationInterface {
  readonly name = 'Failures1764000000080';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index attempts_failed on attempts (stage_id, token) where outcome in ('failed', 'expired');
      -- of the code it runs: the project's version and a hash of what computes; null: of a version before this one
      alter table workers add column version text;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table workers drop column version; drop index attempts_failed;');
  }
}

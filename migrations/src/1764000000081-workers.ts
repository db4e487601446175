import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a worker has done, and the request that it take kinds again that it was set aside for. */
export class Workers1764000000081 implements MigrationInterface {
  readonly name = 'Workers1764000000081';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table workers
        -- stages it has completed, by its last heartbeat
        add column done_stages integer not null default 0,
        -- kinds that somebody asks it to take again; null: nobody has, or it has heard
        add column release_kinds text[];
      create index attempts_failed_on on attempts (worker_id) where outcome in ('failed', 'expired');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index attempts_failed_on; alter table workers drop column release_kinds, drop column done_stages;');
  }
}

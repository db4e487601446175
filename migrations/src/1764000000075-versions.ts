import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A sweep has a version, which every edit of it increases: an edit is made on the version that its author saw, or not at all. */
export class Versions1764000000075 implements MigrationInterface {
  readonly name = 'Versions1764000000075';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table sweeps add column version integer not null default 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table sweeps drop column version`);
  }
}

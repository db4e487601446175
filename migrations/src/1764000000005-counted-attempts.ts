import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The attempts that count against a stage, under the name that everything else gives them. */
export class CountedAttempts1764000000005 implements MigrationInterface {
  readonly name = 'CountedAttempts1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table stages rename column charged to counted_attempts');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table stages rename column counted_attempts to charged');
  }
}

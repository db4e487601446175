import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The stages of a kind that were done last are found without reading all of them: rates, for the estimate of a plan. */
export class LatestDone1764000000061 implements MigrationInterface {
  readonly name = 'LatestDone1764000000061';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index stages_latest_done on stages (kind, ended_at) where state = 'done'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index stages_latest_done');
  }
}

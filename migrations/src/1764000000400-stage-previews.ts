import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a training that is under way shows of its network, until it is done and has its own pictures. */
export class StagePreviews1764000000400 implements MigrationInterface {
  readonly name = 'StagePreviews1764000000400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the latest picture of the latest attempt that showed one
      create table stage_previews (
        stage_id text not null,
        token bigint not null,
        taken_at timestamptz not null,
        png bytea not null,
        constraint stage_previews_pkey primary key (stage_id),
        constraint stage_previews_attempt_fkey foreign key (stage_id, token) references attempts on delete cascade,
        constraint stage_previews_size check (octet_length(png) <= 1048576)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table stage_previews');
  }
}

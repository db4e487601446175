import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a running attempt has printed until its worker's last heartbeat, so that it can be read whatever becomes of the worker. */
export class LogParts1764000000082 implements MigrationInterface {
  readonly name = 'LogParts1764000000082';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- parts of an attempt's log, in order; removed once the whole log is an artifact
      create table log_parts (
        stage_id text not null,
        token bigint not null,
        part integer not null,
        text text not null,
        constraint log_parts_pkey primary key (stage_id, token, part),
        constraint log_parts_attempt_fkey foreign key (stage_id, token) references attempts on delete cascade
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table log_parts');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why a worker takes no stages of some kinds, and where the installation's artifacts are kept. */
export class SetAside1764000000040 implements MigrationInterface {
  readonly name = 'SetAside1764000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- [{ kinds, code, message, since, dataset? }]: what is wrong with the worker's own environment, and which kinds it does not take until that is fixed
      alter table workers add column set_aside jsonb not null default '[]';

      -- the one artifact store of the installation: a worker with another one would make files that nobody else can read
      create table artifact_place (
        singleton boolean not null default true constraint artifact_place_pkey primary key constraint artifact_place_singleton check (singleton),
        id text not null,
        name text not null,
        -- when a worker that uses it last said so
        seen_at timestamptz not null default clock_timestamp()
      );`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table artifact_place; alter table workers drop column set_aside;');
  }
}

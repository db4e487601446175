import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A sweep belongs to the principal that submitted it, and idempotency keys of two principals do not meet. Until now there was one principal, `local`. */
export class SweepOwner1764000000004 implements MigrationInterface {
  readonly name = 'SweepOwner1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table sweeps
        add column owner text not null default 'local',
        drop constraint sweeps_idempotency_key,
        add constraint sweeps_idempotency_key unique (owner, idempotency_key);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- a key that two principals used stays with the earliest sweep
      update sweeps later set idempotency_key = null
      where exists (select from sweeps earlier where earlier.idempotency_key = later.idempotency_key and (earlier.created_at, earlier.id) < (later.created_at, later.id));
      alter table sweeps
        drop constraint sweeps_idempotency_key,
        add constraint sweeps_idempotency_key unique (idempotency_key),
        drop column owner;
    `);
  }
}

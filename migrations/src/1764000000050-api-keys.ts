import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Keys of the HTTP API, and the indexes by which reads find what their owner may see. */
export class ApiKeys1764000000050 implements MigrationInterface {
  readonly name = 'ApiKeys1764000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table api_keys (
        -- the part of the key that names it; not secret
        id text constraint api_keys_pkey primary key,
        owner text not null,
        scope text not null constraint api_keys_scope check (scope in ('read', 'submit', 'admin')),
        -- what it is for, in its owner's words
        note text,
        -- sha256 of the whole key, which is 256 random bits and kept nowhere
        hash text not null constraint api_keys_hash unique,
        created_at timestamptz not null default clock_timestamp(),
        -- a revoked key stays, so that the door does not open when the last one is revoked
        revoked_at timestamptz
      );

      create index sweeps_created_at on sweeps (created_at, id);
      create index sweeps_owner on sweeps (owner, created_at, id);
      -- which sweeps an artifact belongs to
      create index stage_outputs_hash on stage_outputs (hash);
      create index attempts_log_hash on attempts (log_hash) where log_hash is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index attempts_log_hash, stage_outputs_hash, sweeps_owner, sweeps_created_at;
      drop table api_keys;
    `);
  }
}

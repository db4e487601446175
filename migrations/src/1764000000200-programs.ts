import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Programs that may be the networks of sweeps, and the scope of a key that may submit them. */
export class Programs1764000000200 implements MigrationInterface {
  readonly name = 'Programs1764000000200';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table programs (
        -- sha256 of the archive, which is in the artifact store
        contents text constraint programs_pkey primary key,
        size_bytes bigint not null,
        -- who added it first
        owner text not null,
        added_at timestamptz not null default clock_timestamp()
      );
      alter table api_keys drop constraint api_keys_scope;
      alter table api_keys add constraint api_keys_scope check (scope in ('read', 'submit', 'programs', 'admin'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- what it may do besides submitting is unknown to what follows
      update api_keys set scope = 'submit' where scope = 'programs';
      alter table api_keys drop constraint api_keys_scope;
      alter table api_keys add constraint api_keys_scope check (scope in ('read', 'submit', 'admin'));
      drop table programs;
    `);
  }
}

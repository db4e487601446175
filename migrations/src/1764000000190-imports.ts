import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Scores that were computed elsewhere, apart from ours: nothing that ranks or averages our scores reads them. */
export class Imports1764000000190 implements MigrationInterface {
  readonly name = 'Imports1764000000190';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table imports (
        -- of the owner, what is declared and the rows: what is imported again is there already
        id text constraint imports_pkey primary key,
        owner text not null,
        file text not null,
        source text not null,
        metric text not null,
        evaluator text not null,
        n integer,
        rows integer not null,
        created_at timestamptz not null default clock_timestamp()
      );
      create index imports_created_at on imports (created_at, id);
      create index imports_metric on imports (metric, created_at);

      create table imported_scores (
        import_id text not null constraint imported_scores_import_id_fkey references imports on delete cascade,
        position integer not null,
        -- null: it diverged
        value double precision,
        "values" jsonb not null,
        constraint imported_scores_pkey primary key (import_id, position)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table imported_scores, imports');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When sweeps were expected to end, at some moments of each, to be held against when they did. */
export class EtaPredictions1764000000191 implements MigrationInterface {
  readonly name = 'EtaPredictions1764000000191';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table eta_predictions (
        sweep_id text not null constraint eta_predictions_sweep_id_fkey references sweeps on delete cascade,
        -- of the sweep: an edit changes what is left
        version integer not null,
        -- percent of the work that was done, rounded down to one of few
        moment integer not null,
        at timestamptz not null default clock_timestamp(),
        seconds double precision not null,
        low double precision not null,
        high double precision not null,
        slots integer not null,
        constraint eta_predictions_pkey primary key (sweep_id, version, moment)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table eta_predictions');
  }
}

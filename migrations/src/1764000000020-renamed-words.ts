import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sweeps, cells and sample sheets of before keep their values under the words that are used now. Params of stages stay: their ids are hashes of them. */
export class RenamedWords1764000000020 implements MigrationInterface {
  readonly name = 'RenamedWords1764000000020';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${renamedOutput('grid', 'sheet')}
      ${renamedKey('cells', 'config', 'grid', 'discretisation')}
      ${renamedKey('cells', 'config', 'predictor', 'estimator')}
      ${renamedKey('sweeps', 'spec', 'noiseLevelNetwork', 'noiseLevelEstimator')}
      ${renamedAxis('grid', 'discretisation')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${renamedOutput('sheet', 'grid')}
      ${renamedKey('cells', 'config', 'discretisation', 'grid')}
      ${renamedKey('cells', 'config', 'estimator', 'predictor')}
      ${renamedKey('sweeps', 'spec', 'noiseLevelEstimator', 'noiseLevelNetwork')}
      ${renamedAxis('discretisation', 'grid')}
    `);
  }
}

const renamedOutput = (from: string, to: string): string =>
  `update stage_outputs o set name = '${to}' from stages s where s.id = o.stage_id and s.kind = 'sample' and o.name = '${from}';`;

/** A key of the top level of a jsonb column. */
const renamedKey = (table: string, column: string, from: string, to: string): string =>
  `update ${table} set ${column} = (${column} - '${from}') || jsonb_build_object('${to}', ${column}->'${from}') where ${column} ? '${from}';`;

/** An axis of a sweep. */
const renamedAxis = (from: string, to: string): string =>
  `update sweeps set spec = jsonb_set(spec, '{parameters}', ((spec->'parameters') - '${from}') || jsonb_build_object('${to}', spec->'parameters'->'${from}')) where spec->'parameters' ? '${from}';`;

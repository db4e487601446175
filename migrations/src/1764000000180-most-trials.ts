import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const own = '(select count(*) from trials t where t.sweep_id = given.sweep_id and t.cell_id = given.cell_id)';
const most = `case when (select spec ? 'repeats' from sweeps where id = of_sweep) then (select max(trials) from (select count(*) as trials from trials where sweep_id = of_sweep group by cell_id) by_cell) end`;

const edits: readonly Edit[] = [
  { name: 'summarise_sweep', from: '(select count(*) from trials where sweep_id = of_sweep)', to: `(select count(*) from trials where sweep_id = of_sweep), ${most}` },
  { name: 'summarise_sweep', from: 'trials = excluded.trials', to: 'trials = excluded.trials, cell_trials = excluded.cell_trials' },
  { name: 'summarise_sweep', from: 's.train_seeds, s.sample_seeds, planned.trials', to: 's.train_seeds, s.sample_seeds, coalesce((select cell_trials from sweep_sizes where sweep_id = of_sweep), planned.trials)' },
  { name: 'estimate_cells', from: own, to: `coalesce((select cell_trials from sweep_sizes z where z.sweep_id = given.sweep_id), ${own})` },
];

/** Where some configurations of a sweep are given more seeds, one is complete with as many trials as any of them is to have: the others are not ranked with those. */
export class MostTrials1764000000180 implements MigrationInterface {
  readonly name = 'MostTrials1764000000180';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sweep_sizes add column cell_trials integer');
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('alter table sweep_sizes drop column cell_trials');
  }
}

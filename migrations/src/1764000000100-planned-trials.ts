import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  { name: 'estimate_cells', from: 's.train_seeds, s.sample_seeds', to: 's.train_seeds, s.sample_seeds, (select count(*) from trials t where t.sweep_id = given.sweep_id and t.cell_id = given.cell_id)' },
  { name: 'summarise_sweep', from: 's.train_seeds, s.sample_seeds', to: 's.train_seeds, s.sample_seeds, planned.trials' },
  { name: 'summarise_sweep', from: 'c.id = s.cell_id where s.sweep_id = of_sweep', to: 'c.id = s.cell_id join (select cell_id, count(*) as trials from trials where sweep_id = of_sweep group by cell_id) planned on planned.cell_id = s.cell_id where s.sweep_id = of_sweep' },
];

const order = { sweep: '(sweep_id, metric, evaluator, images, mean, position)', all: '(metric, evaluator, images, mean, sweep_id, position)' };
const complete = 'diverged = 0 and count = trials';

/** How many trials a configuration is to have stands beside its estimates, so that those which have all of them are ranked by themselves. */
export class PlannedTrials1764000000100 implements MigrationInterface {
  readonly name = 'PlannedTrials1764000000100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table cell_estimates add column trials integer not null default 0;
      drop index cell_estimates_sweep, cell_estimates_all;
      create index cell_estimates_sweep on cell_estimates ${order.sweep} where ${complete};
      create index cell_estimates_all on cell_estimates ${order.all} where ${complete};
      create index cell_estimates_sweep_incomplete on cell_estimates ${order.sweep} where not (${complete});
      create index cell_estimates_all_incomplete on cell_estimates ${order.all} where not (${complete});
    `);
    await editFunctions(runner, edits);
    await runner.query('insert into changed_sweeps (sweep_id) select id from sweeps');
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop index cell_estimates_sweep, cell_estimates_all, cell_estimates_sweep_incomplete, cell_estimates_all_incomplete;
      alter table cell_estimates drop column trials;
      create index cell_estimates_sweep on cell_estimates ${order.sweep};
      create index cell_estimates_all on cell_estimates ${order.all};
    `);
  }
}

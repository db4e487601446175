import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  { name: 'summarise_sweep', from: 'update sweep_stages ss set counted = ', to: `update sweep_stages ss set trained = s.kind = 'train' and s.state = 'done', counted = ` },
  { name: 'summarise', from: 'update sweep_stages ss set counted = moved.now', to: `update sweep_stages ss set trained = moved.kind = 'train' and moved.now = 'done', counted = moved.now` },
];

/** The training runs of a sweep that are done are found in the order of its plan without a look at all of its stages. */
export class Trained1764000000231 implements MigrationInterface {
  readonly name = 'Trained1764000000231';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- a training run that stage_counts has among those that are done
      alter table sweep_stages add column trained boolean not null default false;
      update sweep_stages ss set trained = true from stages s where ss.counted = 'done' and s.id = ss.stage_id and s.kind = 'train';
      create index sweep_stages_trained on sweep_stages (sweep_id, position) where trained;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop index sweep_stages_trained;
      alter table sweep_stages drop column trained;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const longest = `case when (select spec->'race'->>'kind' = 'halving' from sweeps where id = of_sweep) then (select max((config->>'images')::integer) from cells where sweep_id = of_sweep) end`;

/** In place of the trials planned of a cell: none of the longest training's, where it is trained less. */
const noneIfShorter = (sweep: string): string => `case when (c.config->>'images')::integer < (select longest.cell_images from sweep_sizes longest where longest.sweep_id = ${sweep}) then 0 end`;

const [ofSweep, ofGiven] = ['(select cell_trials from sweep_sizes where sweep_id = of_sweep)', '(select cell_trials from sweep_sizes z where z.sweep_id = given.sweep_id)'];

const edits: readonly Edit[] = [
  { name: 'summarise_sweep', from: 'by_cell) end', to: `by_cell) end, ${longest}` },
  { name: 'summarise_sweep', from: 'cell_trials = excluded.cell_trials', to: 'cell_trials = excluded.cell_trials, cell_images = excluded.cell_images' },
  { name: 'summarise_sweep', from: `coalesce(${ofSweep}`, to: `coalesce(${noneIfShorter('of_sweep')}, ${ofSweep}` },
  { name: 'estimate_cells', from: `coalesce(${ofGiven}`, to: `coalesce(${noneIfShorter('given.sweep_id')}, ${ofGiven}` },
];

/** In a sweep with halving, a cell that is trained less than others has no trial of the longest training planned, and so never all of them: it is not ranked with those. */
export class Halving1764000000240 implements MigrationInterface {
  readonly name = 'Halving1764000000240';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table sweep_sizes add column cell_images integer');
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('alter table sweep_sizes drop column cell_images');
  }
}

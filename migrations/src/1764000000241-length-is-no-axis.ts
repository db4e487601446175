import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  { name: 'place_cells', from: 'where key <> all (keys) and', to: `where key <> all (keys || 'images'::text) and` },
  { name: 'place_cells', from: 'config - keys <> first_cell - keys', to: `config - (keys || 'images'::text) <> first_cell - (keys || 'images'::text)` },
];

/** How far halving has trained a cell is not an axis of tables and pictures: they would be of the cells that were stopped first, which are the most. */
export class LengthIsNoAxis1764000000241 implements MigrationInterface {
  readonly name = 'LengthIsNoAxis1764000000241';

  async up(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits);
    await runner.query(`insert into changed_sweeps (sweep_id) select id from sweeps where spec->'race'->>'kind' = 'halving'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
  }
}

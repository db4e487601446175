import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const priority = `coalesce((settings->>'priority')::integer, priority)`;
const weight = `coalesce((settings->>'weight')::double precision, weight)`;
const concurrency = `case when settings ? 'concurrency' then (settings->>'concurrency')::integer else concurrency end`;

const edits: readonly Edit[] = [
  {
    name: 'prioritise_sweep',
    from: 'if not found or had <> of_version then return had; end if;',
    to: `if not found or had <> of_version then return had; end if;
        if exists (select from sweeps where id = of_sweep and (priority, weight, concurrency) is not distinct from (${priority}, ${weight}, ${concurrency})) then return had; end if;`,
  },
];

/** Giving a sweep the place among others that it has already is no edit: its version stays, so that nobody's edit is refused for it. */
export class ChangesOfPlace1764000000211 implements MigrationInterface {
  readonly name = 'ChangesOfPlace1764000000211';

  async up(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { onlyWriter } from './1764000000090-ablation-tables.js';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  // the planner computed the view for all cells there are, and picked the given ones; "offset 0" keeps it from that
  { name: 'estimate_cells', from: 'cell_id = given.cell_id) s', to: 'cell_id = given.cell_id offset 0) s' },
];

/** A reader waits neither for the scores of all sweeps to be computed again, nor for a large sweep to be summarised on somebody else's behalf. */
export class SummariesInTime1764000000091 implements MigrationInterface {
  readonly name = 'SummariesInTime1764000000091';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- As summarise(), but null, and nothing done, if another is at it for longer than "patience", ms.
      create function summarise_within(most integer, patience integer) returns integer language plpgsql as $$
      declare
        usual text := current_setting('lock_timeout');
      begin
        begin
          perform set_config('lock_timeout', patience::text, true);
          perform ${onlyWriter};
        exception when lock_not_available then
          return null;
        end;
        perform set_config('lock_timeout', usual, true);
        return summarise(most);
      end $$;

      -- what a back-up has of a JSON null
      alter table sweep_axes alter column value drop not null;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      update sweep_axes set value = 'null' where value is null;
      alter table sweep_axes alter column value set not null;
      drop function summarise_within;
    `);
  }
}

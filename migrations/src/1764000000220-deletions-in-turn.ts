import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  {
    name: 'delete_sweep',
    from: 'own := array(',
    to: `-- one deletion after another: of two that share stages, each would leave them to the other. A caller that meets one calls again
        if not pg_try_advisory_xact_lock(hashtextextended('elucidate.delete_sweep', 0)) then
          raise lock_not_available using message = 'another sweep is being deleted';
        end if;
        own := array(`,
  },
];

/** Sweeps that are deleted at the same moment leave no stage that both had. */
export class DeletionsInTurn1764000000220 implements MigrationInterface {
  readonly name = 'DeletionsInTurn1764000000220';

  async up(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  {
    name: 'stop_sweep',
    from: `update sweeps set stopped_at = clock_timestamp(),`,
    to: `update sweeps set paused_at = null where id = of_sweep and sweep_state = 'running' and paused_at is not null;
        if found then
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.resumed', jsonb_build_object('by', of_principal));
        end if;
        update sweeps set stopped_at = clock_timestamp(),`,
  },
];

/** A paused sweep that is stopped ends: its running cells, of which no stage would be claimed while it is paused, are finished. */
export class StopEndsPause1764000000133 implements MigrationInterface {
  readonly name = 'StopEndsPause1764000000133';

  up(runner: QueryRunner): Promise<void> {
    return editFunctions(runner, edits);
  }

  down(runner: QueryRunner): Promise<void> {
    return editFunctions(runner, edits, { undo: true });
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

/** In make_edit: whether the edit is for a running sweep, and this one runs no more, or is being stopped. */
const hasEnded = (state: string, stoppedAt: string): string => `change ? 'onlyRunning' and (${state} <> 'running' or ${stoppedAt} is not null)`;

const edits: readonly Edit[] = [
  {
    name: 'watch_sweep',
    from: 'update sweeps set state = ended, ended_at = clock_timestamp(), watched_stage_id = null where id = of_sweep;',
    to: `if ended = 'done' and exists (select from sweeps where id = of_sweep and spec ? 'race' and not coalesce((spec->'race'->>'over')::boolean, false)) then
          insert into looks_due (sweep_id, version) select id, version from sweeps where id = of_sweep on conflict (sweep_id) do update set version = excluded.version;
          return;
        end if;
        update sweeps set state = ended, ended_at = clock_timestamp(), watched_stage_id = null where id = of_sweep;`,
  },
  // an edit makes a sweep run again: not one that was cancelled, or is being stopped, since a look began
  {
    name: 'make_edit',
    from: `if sweep.version <> (change->>'version')::integer then return`,
    to: `if sweep.version <> (change->>'version')::integer or ${hasEnded('sweep.state', 'sweep.stopped_at')} then return`,
  },
  {
    name: 'make_edit',
    from: 'if work then',
    to: `if exists (select from sweeps where id = of_sweep and ${hasEnded('state', 'stopped_at')}) then
          raise exception using errcode = '40001', message = 'the sweep was cancelled or stopped meanwhile';
        end if;
        if work then`,
  },
  { name: 'summarise_sweep', from: `spec ? 'repeats'`, to: `spec ?| array['repeats', 'race']` },
];

/** A sweep in a race does not end while there are looks to come: with its last stage done, one is due. */
export class Races1764000000182 implements MigrationInterface {
  readonly name = 'Races1764000000182';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- races with a look to be taken at what is done, in the version of the sweep that it is for
      create table looks_due (
        sweep_id text constraint looks_due_pkey primary key constraint looks_due_sweep_id_fkey references sweeps on delete cascade,
        version integer not null
      )`);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('drop table looks_due');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';
import { inputsDone, placesOf } from './1764000000031-settle.js';

/** As in 1764000000070: whether a running sweep w wants the stage at its place ss. */
const wants = '(w.stopped_at is null or exists (select from kept_stages k where k.sweep_id = w.id and k.stage_id = ss.stage_id))';
const isOpen = (stage: string): string => `coalesce((select state in ('waiting', 'ready', 'running') from stages where id = ${stage}), false)`;

/** In watch_sweep: whether an open stage keeps the sweep from ending. */
const holds = (stage: string): string =>
  `(not stopping or exists (select from kept_stages k where k.sweep_id = of_sweep and k.stage_id = ${stage})
              or (select s.state = 'running' from stages s where s.id = ${stage}))`;

const edits: readonly Edit[] = [
  // a stage that a stopping sweep only watches because it runs may be open and yet hold it no longer: tried again later, or handed back
  { name: 'watch_sweep', from: `or ${isOpen('watched')} or exists`, to: `or ${isOpen('watched')} and ${holds('watched')} or exists` },
  {
    name: 'watch_sweeps_of',
    from: `and not ${isOpen('w.watched_stage_id')} order by`,
    to: `and (w.stopped_at is not null or not ${isOpen('w.watched_stage_id')}) order by`,
  },
  {
    name: 'release_stage',
    from: `where id = of_stage and not ${inputsDone('stages')}));`,
    to: `where id = of_stage and (not ${inputsDone('stages')}
            or exists (select from ${placesOf('of_stage')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running' and not ${wants}))));`,
  },
  // a stage that another sweep cancels at the same moment starts again when that is settled
  {
    name: 'watch_sweep',
    from: `ended := case when stopping then 'cancelled' when exists (`,
    to: `if not stopping and exists (select from (select * from sweep_stages where sweep_id = of_sweep offset 0) ss join stages s on s.id = ss.stage_id and s.state = 'cancelled' join unsettled_stages u on u.stage_id = s.id) then return; end if;
        ended := case when stopping then 'cancelled' when exists (`,
  },
  {
    name: 'prioritise_sweep',
    from: 'select version into had from sweeps where id = of_sweep for no key update;',
    to: `-- not while the sweep is edited: an edit that fails in the end has kept stages from being placed
        perform pg_advisory_xact_lock(hashtextextended('elucidate.edit.' || of_sweep, 0));
        select version into had from sweeps where id = of_sweep for no key update;`,
  },
  {
    name: 'make_edit',
    from: `message = 'the sweep was edited or deleted meanwhile'; end if;`,
    to: `message = 'the sweep was edited or deleted meanwhile'; end if;
        -- for its summaries
        insert into changed_sweeps (sweep_id) values (of_sweep);`,
  },
];

/**
 * A stopping sweep ends when what it watches no longer runs; and a change of a sweep's place among others, which adds to its version, does not summarise it again.
 * For a while these edits stood in 1764000000070, 71 and 77: databases that were made then have them.
 */
export class StoppingSweeps1764000000094 implements MigrationInterface {
  readonly name = 'StoppingSweeps1764000000094';

  async up(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { unlessMade: true });
    await runner.query('drop trigger if exists sweeps_edited on sweeps');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('create trigger sweeps_edited after update of version on sweeps for each row when (old.version <> new.version) execute function note_sweep()');
    await editFunctions(runner, edits, { undo: true });
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  {
    name: 'jobs_within_limits',
    from: `select r.stage_id from ready_places r where r.sweep_id = w.id and r.kind = k.kind order by`,
    to: `select r.stage_id from ready_places r join stages s on s.id = r.stage_id
            where r.sweep_id = w.id and r.kind = k.kind and s.state = 'ready' and coalesce(s.not_before, '-infinity') <= clock_timestamp()
              and (w.stopped_at is null or exists (select from kept_stages x where x.sweep_id = w.id and x.stage_id = r.stage_id))
            order by`,
  },
];

/** Where a limit has room again, the next stage is one that may be claimed: of a sweep that is being stopped one of its cells, and none that waits out a back-off. */
export class LimitsOfStopping1764000000132 implements MigrationInterface {
  readonly name = 'LimitsOfStopping1764000000132';

  up(runner: QueryRunner): Promise<void> {
    return editFunctions(runner, edits);
  }

  down(runner: QueryRunner): Promise<void> {
    return editFunctions(runner, edits, { undo: true });
  }
}

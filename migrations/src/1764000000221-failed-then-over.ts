import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [
  {
    name: 'settle_stages',
    from: 'ended text[] := of_stages;',
    to: "ended text[] := of_stages; failing text[] := '{}';",
  },
  {
    name: 'settle_stages',
    from: 'ended := ended || fail_followers(stage);',
    to: "if fail_followers(stage) <> '{}' then failing := failing || stage; end if;",
  },
  {
    name: 'settle_stages',
    from: 'perform watch_sweeps_of(ended);',
    to: `-- commit, then look: somebody whose stage is the last one open would still see these followers open. Their stage keeps its mark and is settled again
        perform unsettle(failing);
        perform watch_sweeps_of(of_stages);`,
  },
  {
    name: 'settle_stages',
    from: "ended text[] := of_stages; failing text[] := '{}';",
    to: "failing text[] := '{}';",
  },
  {
    name: 'fail_stage',
    from: 'perform settle_stages(array[of_stage]);',
    to: `perform settle_stages(array[of_stage]);
          commit;
          set local synchronous_commit = off;
          perform by_key();
          perform settle_stages(array(select stage_id from unsettled_stages where stage_id = of_stage));`,
  },
  {
    name: 'expire_leases',
    from: 'perform settle_stages(expired);',
    to: `perform settle_stages(expired);
        commit;
        perform by_key();
        perform settle_stages(array(select u.stage_id from unnest(expired) as given(id) join unsettled_stages u on u.stage_id = given.id));`,
  },
];

/** A sweep is over once those of its stages that failed with another one have: of two that ended at the same moment, each saw the other's followers still open, and nobody ended the sweep. */
export class FailedThenOver1764000000221 implements MigrationInterface {
  readonly name = 'FailedThenOver1764000000221';

  async up(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
  }
}

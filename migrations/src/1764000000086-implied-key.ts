import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A trial's stages are stages of its sweep, which sweep_stages holds: that they exist follows, and checking it again for each trial took a tenth of the
 * time of a submission.
 */
export class ImpliedKey1764000000086 implements MigrationInterface {
  readonly name = 'ImpliedKey1764000000086';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table trial_stages drop constraint trial_stages_stage_id_fkey');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table trial_stages add constraint trial_stages_stage_id_fkey foreign key (stage_id) references stages');
  }
}

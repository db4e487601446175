import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Views1764000000001 } from './1764000000001-views.js';
import { LevelsOutsideTraining1764000000002 } from './1764000000002-levels-outside-training.js';

/** A trial names its stages by role, in rows, so that a new kind of stage needs no new column. */
export class TrialStages1764000000003 implements MigrationInterface {
  readonly name = 'TrialStages1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- they read the columns that go; 1764000000010 makes them again
      drop view ablation_sampler, ablation_input_scale, ablation_noise_schedule, leaderboard, trial_scores;

      alter table trials
        drop constraint trials_pkey,
        add column id bigint generated always as identity constraint trials_pkey primary key,
        add constraint trials_key unique (sweep_id, cell_id, train_seed, sample_seed);

      -- the stages of a trial, each by the role it has there: train, sample, score ...
      create table trial_stages (
        trial_id bigint not null,
        role text not null,
        stage_id text not null,
        constraint trial_stages_pkey primary key (trial_id, role)
      );

      insert into trial_stages
      select t.id, part.role, part.stage_id
      from trials t cross join lateral (values ('train', train_stage_id), ('sample', sample_stage_id), ('score', score_stage_id)) as part(role, stage_id);

      -- the others are what the score reads, directly or not; until now a stage's role was its kind
      with recursive read(trial_id, stage_id) as (
        select id, score_stage_id from trials
        union select r.trial_id, i.input_id from read r join stage_inputs i on i.stage_id = r.stage_id)
      insert into trial_stages
      select r.trial_id, s.kind, s.id from read r join stages s on s.id = r.stage_id
      on conflict do nothing;

      alter table trial_stages
        add constraint trial_stages_trial_id_fkey foreign key (trial_id) references trials on delete cascade,
        add constraint trial_stages_stage_id_fkey foreign key (stage_id) references stages;
      create index trial_stages_stage_id on trial_stages (stage_id);

      alter table trials drop column train_stage_id, drop column sample_stage_id, drop column score_stage_id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table trials add column train_stage_id text, add column sample_stage_id text, add column score_stage_id text;
      update trials t set
        train_stage_id = (select stage_id from trial_stages where trial_id = t.id and role = 'train'),
        sample_stage_id = (select stage_id from trial_stages where trial_id = t.id and role = 'sample'),
        score_stage_id = (select stage_id from trial_stages where trial_id = t.id and role = 'score');
      drop table trial_stages;
      alter table trials
        alter column train_stage_id set not null, alter column sample_stage_id set not null, alter column score_stage_id set not null,
        drop constraint trials_key,
        drop column id,
        add constraint trials_pkey primary key (sweep_id, cell_id, train_seed, sample_seed);
      -- in a statement of its own: the update above has left checks to be made
      alter table trials
        add constraint trials_train_stage_id_fkey foreign key (train_stage_id) references stages,
        add constraint trials_sample_stage_id_fkey foreign key (sample_stage_id) references stages,
        add constraint trials_score_stage_id_fkey foreign key (score_stage_id) references stages;
      create index trials_score_stage_id on trials (score_stage_id);
    `);
    for (const Views of [Views1764000000001, LevelsOutsideTraining1764000000002]) await new Views().up(runner);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A trial names its stages by role, in rows, so that a new kind of stage needs no new column. */
export class TrialStages1764000000003 implements MigrationInterface {
  readonly name = 'TrialStages1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
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

      ${views(
        `join trial_stages score on score.trial_id = t.id and score.role = 'score'
         join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'`,
        { score: 'score.stage_id', sample: 'sample.stage_id' },
      )}
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
      ${views('', { score: 't.score_stage_id', sample: 't.sample_stage_id' })}
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
  }
}

/** The two views that read a trial's stages, with the columns they had: `joins` and the expressions in `stage` find the stages of the trial t. */
const views = (joins: string, stage: { score: string; sample: string }): string => `
      create or replace view trial_scores as
      select
        t.sweep_id, t.cell_id, t.train_seed, t.sample_seed,
        m.name as metric, m.value, m.spread, m.n, m.evaluator,
        abs(m.value) < 'Infinity' as finite, -- false for NaN, which PostgreSQL sorts above everything
        floor.value as floor,
        nfe.value as nfe
      from trials t
      ${joins}
      join metrics m on m.stage_id = ${stage.score} and m.name in ('fid', 'kid')
      left join metrics floor on floor.stage_id = ${stage.score} and floor.name = m.name || '_floor'
      left join metrics nfe on nfe.stage_id = ${stage.sample} and nfe.name = 'nfe';

      create or replace view leaderboard as
      select
        board.*,
        case when fid_mean is not null
          then rank() over (partition by sweep_id, evaluator, n order by fid_mean nulls last)
        end as rank
      from (
        select
          c.sweep_id, c.id as cell_id, c.position, c.config, s.evaluator, s.n,
          ${['fid', 'kid'].map(estimates).join('')}
          max(s.nfe) as nfe,
          coalesce(array_agg(distinct s.train_seed order by s.train_seed) filter (where s.train_seed is not null), '{}') as train_seeds,
          coalesce(array_agg(distinct s.sample_seed order by s.sample_seed) filter (where s.sample_seed is not null), '{}') as sample_seeds,
          (select max(m.value) from trials t ${joins} join metrics m on m.stage_id = ${stage.sample} and m.name = 'levels_outside_training'
            where t.sweep_id = c.sweep_id and t.cell_id = c.id) as levels_outside_training
        from cells c
        left join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
        group by c.sweep_id, c.id, s.evaluator, s.n
      ) board;`;

const estimates = (metric: string): string => `
          avg(s.value) filter (where s.metric = '${metric}' and s.finite) as ${metric}_mean,
          stddev_samp(s.value) filter (where s.metric = '${metric}' and s.finite) as ${metric}_stddev,
          min(s.value) filter (where s.metric = '${metric}' and s.finite) as ${metric}_min,
          count(*) filter (where s.metric = '${metric}' and s.finite) as ${metric}_count,
          count(*) filter (where s.metric = '${metric}' and not s.finite) as ${metric}_diverged,
          max(s.floor) filter (where s.metric = '${metric}') as ${metric}_floor,`;

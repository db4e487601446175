import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Scores by metric, whatever their names: one row a trial and metric, one a cell and metric, and the leaderboard with its estimates
 * as an object. `spread` becomes `stddev`; the score of real images, stored as _floor, becomes the real-data baseline, _real.
 */
export class Scores1764000000010 implements MigrationInterface {
  readonly name = 'Scores1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view ablation_sampler, ablation_input_scale, ablation_noise_schedule, leaderboard, trial_scores;
      alter table metrics rename column spread to stddev;
      update metrics set name = regexp_replace(name, '_floor$', '_real') where name ~ '_floor$';
      update metrics set name = 'noise_levels_out_of_range' where name = 'levels_outside_training';

      -- one score of one trial, with what makes it comparable; a diverged trial's NaN is kept and marked, never averaged
      create view trial_scores as
      select
        t.sweep_id, t.cell_id, t.train_seed, t.sample_seed,
        m.name as metric, m.value, m.stddev, m.n, m.evaluator,
        -- the most that a score of this trial is computed from: a metric may take only some of the images
        max(m.n) over (partition by t.sweep_id, t.cell_id, t.id, m.evaluator) as images,
        abs(m.value) < 'Infinity' as finite, -- false for NaN, which PostgreSQL sorts above everything
        real_data.value as real,
        nfe.value as nfe
      from trials t
      join trial_stages score on score.trial_id = t.id and score.role = 'score'
      join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
      join metrics m on m.stage_id = score.stage_id and m.name !~ '_(real|trajectory)$'
      left join metrics real_data on real_data.stage_id = score.stage_id and real_data.name = m.name || '_real'
      left join metrics nfe on nfe.stage_id = sample.stage_id and nfe.name = 'nfe';

      -- one metric of one configuration over its seeds, for each evaluator and number of images it was scored with
      create view cell_scores as
      select
        sweep_id, cell_id, metric, evaluator, images, max(n) as n,
        avg(value) filter (where finite) as mean,
        stddev_samp(value) filter (where finite) as stddev,
        min(value) filter (where finite) as min,
        max(value) filter (where finite) as max,
        count(*) filter (where finite) as count,
        count(*) filter (where not finite) as diverged,
        max(real) as real,
        max(nfe) as nfe,
        array_agg(distinct train_seed order by train_seed) as train_seeds,
        array_agg(distinct sample_seed order by sample_seed) as sample_seeds
      from trial_scores
      group by sweep_id, cell_id, metric, evaluator, images;

      -- every configuration of a sweep; one row for each evaluator and number of images it was scored with, one with nulls before any
      create view leaderboard as
      select
        c.sweep_id, c.id as cell_id, c.position, c.config, s.evaluator, s.images as n,
        -- metric -> estimate; without those of which no trial has a finite value
        coalesce(jsonb_object_agg(s.metric, jsonb_build_object('mean', s.mean, 'stddev', s.stddev, 'min', s.min, 'max', s.max,
          'count', s.count, 'diverged', s.diverged, 'n', s.n, 'real', s.real)) filter (where s.count > 0), '{}') as metrics,
        max(s.nfe) as nfe,
        coalesce(max(s.train_seeds), '{}') as train_seeds,
        coalesce(max(s.sample_seeds), '{}') as sample_seeds,
        -- noise levels of its sampling outside the range its network was trained on; null before any was sampled
        (select max(m.value) from trials t join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
          join metrics m on m.stage_id = sample.stage_id and m.name = 'noise_levels_out_of_range'
          where t.sweep_id = c.sweep_id and t.cell_id = c.id) as noise_levels_out_of_range
      from cells c
      left join cell_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
      group by c.sweep_id, c.id, s.evaluator, s.images;

      -- Chen 2023, Tables 1 and 2: the noise schedule, for each input scale
      ${ablation('ablation_noise_schedule', { schedule: `c.config->'schedule'`, input_scale: `(c.config->>'inputScale')::double precision` }, '{schedule,inputScale}')}
      -- Chen 2023, section 2.2: the input scale, for each noise schedule
      ${ablation('ablation_input_scale', { input_scale: `(c.config->>'inputScale')::double precision`, schedule: `c.config->'schedule'` }, '{schedule,inputScale}')}
      -- EDM, figure 2: the sampler, for each number of steps
      ${ablation('ablation_sampler', { sampler: `c.config->'sampler'`, steps: `(c.config->>'steps')::integer` }, '{sampler,steps}')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view ablation_sampler, ablation_input_scale, ablation_noise_schedule, leaderboard, cell_scores, trial_scores;
      alter table metrics rename column stddev to spread;
      update metrics set name = regexp_replace(name, '_real$', '_floor') where name ~ '_real$';
      update metrics set name = 'levels_outside_training' where name = 'noise_levels_out_of_range';
      ${viewsBefore}
    `);
  }
}

/** A paper's table: the scores of cells by its two axes, beside the other parameters, which are fixed within one table. */
const ablation = (name: string, axes: Readonly<Record<string, string>>, keys: string): string => `
      create view ${name} as
      select
        s.sweep_id, s.metric, ${Object.entries(axes).map(([column, value]) => `${value} as ${column}`).join(', ')},
        c.config - '${keys}'::text[] as fixed,
        s.evaluator, s.n, s.nfe, s.mean, s.stddev, s.min, s.max, s.count, s.diverged, s.real
      from cell_scores s
      join cells c on c.sweep_id = s.sweep_id and c.id = s.cell_id;
`;

const estimates = (metric: string): string => `
          avg(s.value) filter (where s.metric = '${metric}' and s.finite) as ${metric}_mean,
          stddev_samp(s.value) filter (where s.metric = '${metric}' and s.finite) as ${metric}_stddev,
          min(s.value) filter (where s.metric = '${metric}' and s.finite) as ${metric}_min,
          count(*) filter (where s.metric = '${metric}' and s.finite) as ${metric}_count,
          count(*) filter (where s.metric = '${metric}' and not s.finite) as ${metric}_diverged,
          max(s.floor) filter (where s.metric = '${metric}') as ${metric}_floor,`;

const viewsBefore = `
      create view trial_scores as
      select
        t.sweep_id, t.cell_id, t.train_seed, t.sample_seed,
        m.name as metric, m.value, m.spread, m.n, m.evaluator,
        abs(m.value) < 'Infinity' as finite, -- false for NaN, which PostgreSQL sorts above everything
        floor.value as floor,
        nfe.value as nfe
      from trials t
      join trial_stages score on score.trial_id = t.id and score.role = 'score'
      join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample'
      join metrics m on m.stage_id = score.stage_id and m.name in ('fid', 'kid')
      left join metrics floor on floor.stage_id = score.stage_id and floor.name = m.name || '_floor'
      left join metrics nfe on nfe.stage_id = sample.stage_id and nfe.name = 'nfe';

      create view leaderboard as
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
          (select max(m.value) from trials t join trial_stages score on score.trial_id = t.id and score.role = 'score' join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample' join metrics m on m.stage_id = sample.stage_id and m.name = 'levels_outside_training'
            where t.sweep_id = c.sweep_id and t.cell_id = c.id) as levels_outside_training
        from cells c
        left join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
        group by c.sweep_id, c.id, s.evaluator, s.n
      ) board;

      -- Chen 2023, Tables 1 and 2: the noise schedule, for each input scale
      create view ablation_noise_schedule as
      select
        c.sweep_id, s.metric,
        c.config->'schedule' as schedule,
        (c.config->>'inputScale')::double precision as input_scale,
        c.config - '{schedule,inputScale}'::text[] as held,
        s.evaluator, s.n, max(s.nfe) as nfe,
        avg(s.value) filter (where s.finite) as mean,
        stddev_samp(s.value) filter (where s.finite) as spread,
        min(s.value) filter (where s.finite) as min,
        count(*) filter (where s.finite) as trials,
        count(*) filter (where not s.finite) as diverged,
        max(s.floor) as floor
      from cells c
      join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
      group by 1, 2, 3, 4, 5, s.evaluator, s.n;

      -- Chen 2023, section 2.2: the input scale, for each noise schedule
      create view ablation_input_scale as
      select
        c.sweep_id, s.metric,
        (c.config->>'inputScale')::double precision as input_scale,
        c.config->'schedule' as schedule,
        c.config - '{schedule,inputScale}'::text[] as held,
        s.evaluator, s.n, max(s.nfe) as nfe,
        avg(s.value) filter (where s.finite) as mean,
        stddev_samp(s.value) filter (where s.finite) as spread,
        min(s.value) filter (where s.finite) as min,
        count(*) filter (where s.finite) as trials,
        count(*) filter (where not s.finite) as diverged,
        max(s.floor) as floor
      from cells c
      join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
      group by 1, 2, 3, 4, 5, s.evaluator, s.n;

      -- EDM, figure 2: the sampler, for each number of steps
      create view ablation_sampler as
      select
        c.sweep_id, s.metric,
        c.config->'sampler' as sampler,
        (c.config->>'steps')::integer as steps,
        c.config - '{sampler,steps}'::text[] as held,
        s.evaluator, s.n, max(s.nfe) as nfe,
        avg(s.value) filter (where s.finite) as mean,
        stddev_samp(s.value) filter (where s.finite) as spread,
        min(s.value) filter (where s.finite) as min,
        count(*) filter (where s.finite) as trials,
        count(*) filter (where not s.finite) as diverged,
        max(s.floor) as floor
      from cells c
      join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
      group by 1, 2, 3, 4, 5, s.evaluator, s.n;`;

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables papers print, over what the spine remembers: a leaderboard, and three ablations. */
export class Views1764000000001 implements MigrationInterface {
  readonly name = 'Views1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- one number of one trial, with what makes it comparable; a diverged trial's NaN is kept and marked, never averaged
      create view trial_scores as
      select
        t.sweep_id, t.cell_id, t.train_seed, t.sample_seed,
        m.name as metric, m.value, m.spread, m.n, m.evaluator,
        abs(m.value) < 'Infinity' as finite, -- false for NaN, which PostgreSQL sorts above everything
        floor.value as floor,
        nfe.value as nfe
      from trials t
      join metrics m on m.stage_id = t.score_stage_id and m.name in ('fid', 'kid')
      left join metrics floor on floor.stage_id = t.score_stage_id and floor.name = m.name || '_floor'
      left join metrics nfe on nfe.stage_id = t.sample_stage_id and nfe.name = 'nfe';

      -- every configuration of a sweep over its seeds; one row for each evaluator and n it was scored with, one with nulls before any
      create view leaderboard as
      select
        board.*,
        case when fid_mean is not null
          then rank() over (partition by sweep_id, evaluator, n order by fid_mean nulls last)
        end as rank
      from (
        select
          c.sweep_id, c.id as cell_id, c.position, c.config, s.evaluator, s.n,
          avg(s.value) filter (where s.metric = 'fid' and s.finite) as fid_mean,
          stddev_samp(s.value) filter (where s.metric = 'fid' and s.finite) as fid_stddev,
          min(s.value) filter (where s.metric = 'fid' and s.finite) as fid_min,
          count(*) filter (where s.metric = 'fid' and s.finite) as fid_count,
          count(*) filter (where s.metric = 'fid' and not s.finite) as fid_diverged,
          max(s.floor) filter (where s.metric = 'fid') as fid_floor,
          avg(s.value) filter (where s.metric = 'kid' and s.finite) as kid_mean,
          stddev_samp(s.value) filter (where s.metric = 'kid' and s.finite) as kid_stddev,
          min(s.value) filter (where s.metric = 'kid' and s.finite) as kid_min,
          count(*) filter (where s.metric = 'kid' and s.finite) as kid_count,
          count(*) filter (where s.metric = 'kid' and not s.finite) as kid_diverged,
          max(s.floor) filter (where s.metric = 'kid') as kid_floor,
          max(s.nfe) as nfe,
          coalesce(array_agg(distinct s.train_seed order by s.train_seed) filter (where s.train_seed is not null), '{}') as train_seeds,
          coalesce(array_agg(distinct s.sample_seed order by s.sample_seed) filter (where s.sample_seed is not null), '{}') as sample_seeds
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
      group by 1, 2, 3, 4, 5, s.evaluator, s.n;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop view ablation_sampler, ablation_input_scale, ablation_noise_schedule, leaderboard, trial_scores;');
  }
}

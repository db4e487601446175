import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A leaderboard row tells how many levels of its walk lie outside what its network was trained on. */
export class LevelsOutsideTraining1764000000002 implements MigrationInterface {
  readonly name = 'LevelsOutsideTraining1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view leaderboard;

      -- every configuration of a sweep over its seeds; one row for each evaluator and n it was scored with, one with nulls before any
      create view leaderboard as
      select
        board.*,
        case when fid_mean is not null
          then rank() over (partition by sweep_id, evaluator, n order by fid_mean nulls last)
        end as rank
      from (
        ${board},
          -- levels of the walk outside the stretch its network was trained on; null before any was sampled
          (select max(m.value) from trials t join metrics m on m.stage_id = t.sample_stage_id and m.name = 'levels_outside_training'
            where t.sweep_id = c.sweep_id and t.cell_id = c.id) as levels_outside_training
        ${grouped}
      ) board;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view leaderboard;
      create view leaderboard as
      select
        board.*,
        case when fid_mean is not null
          then rank() over (partition by sweep_id, evaluator, n order by fid_mean nulls last)
        end as rank
      from (${board} ${grouped}) board;
    `);
  }
}

const board = `
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
          coalesce(array_agg(distinct s.sample_seed order by s.sample_seed) filter (where s.sample_seed is not null), '{}') as sample_seeds`;

const grouped = `
        from cells c
        left join trial_scores s on s.sweep_id = c.sweep_id and s.cell_id = c.id
        group by c.sweep_id, c.id, s.evaluator, s.n`;

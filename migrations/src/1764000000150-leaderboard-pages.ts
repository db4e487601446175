import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const outOfRange = (sweep: string, cell: string): string => `(select max(m.value) from trials t join trial_stages sample on sample.trial_id = t.id and sample.role = 'sample' join metrics m on m.stage_id = sample.stage_id and m.name = 'noise_levels_out_of_range' where t.sweep_id = ${sweep} and t.cell_id = ${cell})`;

const trialsOf = ', s.trial_train_seeds, s.trial_sample_seeds, s.trial_values';
const edits: readonly Edit[] = [
  { name: 'estimate_cells', from: 't.cell_id = given.cell_id)', to: `t.cell_id = given.cell_id)${trialsOf}, ${outOfRange('given.sweep_id', 'c.id')}` },
  { name: 'estimate_cells', from: 'from cell_scores where', to: 'from cell_scores_and_trials where' },
  { name: 'summarise_sweep', from: 'from cell_scores s', to: 'from cell_scores_and_trials s' },
  { name: 'summarise_sweep', from: 'planned.trials', to: `planned.trials${trialsOf}, ${outOfRange('c.sweep_id', 'c.id')}` },
];

const inOrder = 'order by train_seed, sample_seed) filter (where finite)';

/**
 * What a page of a leaderboard needs of its cells stands in their estimates: each trial with its seeds, for intervals and paired differences, and the noise
 * levels out of range. How many cells a ranking has is counted as estimates come and go.
 */
export class LeaderboardPages1764000000150 implements MigrationInterface {
  readonly name = 'LeaderboardPages1764000000150';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- cell_scores, and the trials that have a finite score, in the order of their seeds
      create view cell_scores_and_trials as
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
        array_agg(distinct sample_seed order by sample_seed) as sample_seeds,
        array_agg(train_seed ${inOrder} as trial_train_seeds,
        array_agg(sample_seed ${inOrder} as trial_sample_seeds,
        array_agg(value ${inOrder} as trial_values
      from trial_scores
      group by sweep_id, cell_id, metric, evaluator, images;

      alter table cell_estimates add column trial_train_seeds integer[], add column trial_sample_seeds integer[], add column trial_values double precision[],
        add column noise_levels_out_of_range double precision;

      -- how many cells stand in a ranking: those with a mean, by whether they have all their trials
      create table ranking_sizes (
        sweep_id text not null constraint ranking_sizes_sweep_id_fkey references sweeps on delete cascade,
        metric text not null,
        evaluator text not null,
        images integer not null,
        complete boolean not null,
        cells integer not null,
        constraint ranking_sizes_pkey primary key (sweep_id, metric, evaluator, images, complete)
      );
      create function count_ranked() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          insert into ranking_sizes as r (sweep_id, metric, evaluator, images, complete, cells)
          select sweep_id, metric, evaluator, images, diverged = 0 and count = trials, count(*) from changed where mean is not null group by 1, 2, 3, 4, 5
          on conflict (sweep_id, metric, evaluator, images, complete) do update set cells = r.cells + excluded.cells;
        else
          update ranking_sizes r set cells = r.cells - gone.cells
          from (select sweep_id, metric, evaluator, images, diverged = 0 and count = trials as complete, count(*) as cells from changed where mean is not null group by 1, 2, 3, 4, 5) gone
          where (r.sweep_id, r.metric, r.evaluator, r.images, r.complete) = (gone.sweep_id, gone.metric, gone.evaluator, gone.images, gone.complete);
        end if;
        return null;
      end $$;
      create trigger cell_estimates_ranked after insert on cell_estimates referencing new table as changed for each statement execute function count_ranked();
      create trigger cell_estimates_unranked after delete on cell_estimates referencing old table as changed for each statement execute function count_ranked();
      insert into ranking_sizes select sweep_id, metric, evaluator, images, diverged = 0 and count = trials, count(*) from cell_estimates where mean is not null group by 1, 2, 3, 4, 5;
    `);
    await editFunctions(runner, edits);
    await runner.query('insert into changed_sweeps (sweep_id) select id from sweeps');
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop trigger cell_estimates_ranked on cell_estimates;
      drop trigger cell_estimates_unranked on cell_estimates;
      drop function count_ranked;
      drop table ranking_sizes;
      drop view cell_scores_and_trials;
      alter table cell_estimates drop column trial_train_seeds, drop column trial_sample_seeds, drop column trial_values, drop column noise_levels_out_of_range;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** 97.5 % points of Student's t with 1 to 30 degrees of freedom. */
const tQuantiles = [12.7062047362, 4.3026527297, 3.1824463053, 2.7764451052, 2.5705818356, 2.4469118511, 2.3646242516, 2.3060041352, 2.2621571628, 2.228138852, 2.2009851601, 2.1788128297, 2.1603686565, 2.1447866879, 2.1314495456, 2.1199052992, 2.1098155778, 2.1009220402, 2.0930240544, 2.0859634473, 2.0796138447, 2.0738730679, 2.0686576104, 2.0638985616, 2.0595385528, 2.0555294386, 2.0518305165, 2.0484071418, 2.0452296421, 2.0422724563];
const z = 1.959963984540054;

/** Views that put our figures beside the papers': which cell corresponds to which figure, how far they agree, and why not where they cannot be compared. */
export class PaperViews1764000000121 implements MigrationInterface {
  readonly name = 'PaperViews1764000000121';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- 97.5 % point of Student's t; above 30 degrees of freedom by the Cornish-Fisher expansion, to 1e-6
      create function t_quantile(df bigint) returns double precision language sql immutable as $$
        select case when df between 1 and 30 then ('{${tQuantiles.join(',')}}'::double precision[])[df]
          when df > 30 then ${z} + ${(z ** 3 + z) / 4} / df + ${(5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96} / df ^ 2 + ${(3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384} / df ^ 3 end
      $$;

      -- Kendall's tau-b of pairs; null if either side has no two different values
      create function kendall_tau(ours double precision[], theirs double precision[]) returns double precision language sql immutable as $$
        select sum(sign(a.o - b.o) * sign(a.t - b.t)) / nullif(sqrt(sum(abs(sign(a.o - b.o))) * sum(abs(sign(a.t - b.t)))), 0)
        from unnest(ours, theirs) with ordinality a(o, t, i) join unnest(ours, theirs) with ordinality b(o, t, i) on a.i < b.i
      $$;

      -- Its 95 % interval over rows: atanh(tau) is normal with variance 0.437 / (rows - 4) (Fieller, Hartley and Pearson 1957). -1 to 1 below six rows.
      -- At -1 and 1, where that has no width, tau counts as if half a pair were the other way round.
      create function kendall_interval(tau double precision, pairs_of bigint) returns double precision[] language sql immutable as $$
        select case when tau is null then null when pairs_of < 6 then array[-1, 1]::double precision[]
          else array[case when tau <= -edge then -1 else tanh(atanh(least(tau, edge)) - half) end, case when tau >= edge then 1 else tanh(atanh(greatest(tau, -edge)) + half) end] end
        from (select 1 - 2.0::double precision / (pairs_of * (pairs_of - 1)) as edge, ${z} * sqrt(0.437 / nullif(greatest(pairs_of - 4, 0), 0)) as half) fisher
      $$;

      -- each metric of each configuration, with a 95 % interval of its mean over training runs; the loss of the training runs too. evaluator '' and images 0: none
      create view own_figures as
      select
        t.sweep_id, t.cell_id, t.metric, t.evaluator, t.images, max(t.n) as n, max(t.nfe) as nfe, max(t."real") as "real",
        sum(t.mean * t.count) / nullif(sum(t.count), 0) as mean,
        array_agg(t.mean order by t.train_seed) filter (where t.mean is not null) as trainings,
        avg(t.mean) - t_quantile(count(t.mean) - 1) * stddev_samp(t.mean) / sqrt(count(t.mean)) as low,
        avg(t.mean) + t_quantile(count(t.mean) - 1) * stddev_samp(t.mean) / sqrt(count(t.mean)) as high,
        sum(t.count)::integer as trials, sum(t.diverged)::integer as diverged,
        (select count(*) from trials p where p.sweep_id = t.sweep_id and p.cell_id = t.cell_id)::integer as planned
      from (
        select sweep_id, cell_id, metric, evaluator, images, train_seed, max(n) as n, max(nfe) as nfe, max("real") as "real",
          avg(value) filter (where finite) as mean, count(*) filter (where finite) as count, count(*) filter (where not finite) as diverged
        from (
          select sweep_id, cell_id, metric, coalesce(evaluator, '') as evaluator, coalesce(images, 0) as images, train_seed, n, nfe, "real", value, finite from trial_scores
          union all
          select t.sweep_id, t.cell_id, 'loss', '', 0, t.train_seed, null, null, null, m.value, abs(m.value) < 'Infinity'
          from trials t join trial_stages train on train.trial_id = t.id and train.role = 'train' join metrics m on m.stage_id = train.stage_id and m.name = 'loss'
        ) scores group by sweep_id, cell_id, metric, evaluator, images, train_seed
      ) t
      group by t.sweep_id, t.cell_id, t.metric, t.evaluator, t.images;

      -- a figure with its repeats as one
      create view paper_entries as
      select f.table_id, f.row_place, f.column_place, f.row_name, f.column_name, f.here, f.metric, avg(f.value) as value, array_agg(f.value order by f.repeat) as "values",
        f.bold, f.dataset, f.resolution, f.extractor, f.n, f.protocol, f.split, f.images, f.nfe, f.variant, f.note, f.config, t.source, t.axes, t.bold_within
      from paper_figures f join paper_tables t on t.id = f.table_id
      group by f.table_id, f.row_place, f.column_place, f.row_name, f.column_name, f.here, f.metric, f.bold, f.dataset, f.resolution, f.extractor, f.n, f.protocol, f.split, f.images, f.nfe, f.variant, f.note, f.config, t.id;

      -- which cell corresponds to which entry: it has all of the entry's configuration; of several entries of one column, that which says most.
      -- Cells that agree on all but the table's axes belong together ("fixed"); of several in one place, the first of the grid
      create view paper_cells as
      select distinct on (sweep_id, fixed, table_id, row_place, column_place) *
      from (
        select c.sweep_id, c.id as cell_id, c.position, c.config as cell_config, c.config - e.axes as fixed, e.*,
          row_number() over (partition by c.sweep_id, c.id, e.table_id, e.column_place order by (select count(*) from jsonb_object_keys(e.config)) desc, e.row_place) as choice
        from cells c join paper_entries e on c.config @> e.config
      ) candidate
      where choice = 1
      order by sweep_id, fixed, table_id, row_place, column_place, position;

      -- our figures beside the papers'
      create view paper_comparisons as
      select
        r.sweep_id, r.table_id, r.row_place, r.column_place, r.row_name, r.column_name, r.here, r.variant, r.metric,
        r.value as published, r."values" as published_values, r.protocol, r.published_n, r.published_nfe, r.source,
        r.own_dataset, r.own_resolution, r.own_extractor, r.own_images,
        r.cell_id, r.position, r.cell_config as config, r.fixed, r.evaluator, r.images, r.n, r.nfe, r."real", r.mean, r.trainings, r.low, r.high, r.trials, r.diverged, r.planned,
        r.complete, r.mean <= r.best + r.bold_within * abs(r.best) as bold,
        case when r.not_comparable is null then r.mean - r.value end as difference,
        r.not_comparable, r.own_rank, r.published_rank, r.tau, r.tau_rows, (kendall_interval(r.tau, r.tau_rows))[1] as tau_low, (kendall_interval(r.tau, r.tau_rows))[2] as tau_high,
        concat_ws('; ', r.value_verdict, case
          when r.diverged > 0 then 'not ranked: ' || r.diverged || ' of ' || r.planned || ' trials diverged'
          when not r.complete then 'not ranked: ' || r.trials || ' of ' || r.planned || ' trials have ended'
          when r.tau is null then 'no rank: ' || case when r.tau_rows < 2 then 'nothing to compare it with' else 'all alike' end
          else case when (kendall_interval(r.tau, r.tau_rows))[1] > 0 then 'agrees in rank' when (kendall_interval(r.tau, r.tau_rows))[2] < 0 then 'contradicts in rank' else 'undecided in rank' end
            || ': tau ' || to_char(r.tau, 'FM90.00') || ', 95 % interval ' || to_char((kendall_interval(r.tau, r.tau_rows))[1], 'FM90.00') || ' to ' || to_char((kendall_interval(r.tau, r.tau_rows))[2], 'FM90.00') || ', ' || r.tau_rows || ' rows'
        end) as verdict
      from (
        select v.*,
          case when v.not_comparable is not null then 'not comparable in value: ' || v.not_comparable
            when v.low is null then 'no interval: one training run' when v.value between v.low and v.high then 'within our interval' else 'outside our interval' end as value_verdict,
          -- incomplete and diverged cells are ranked with none
          min(v.mean) filter (where v.complete) over part as best,
          case when v.complete then rank() over (partition by v.sweep_id, v.fixed, v.metric, v.evaluator, v.images, v.table_id, v.column_place, v.complete order by v.mean) end as own_rank,
          case when v.complete then rank() over (partition by v.sweep_id, v.fixed, v.metric, v.evaluator, v.images, v.table_id, v.column_place, v.complete order by v.value) end as published_rank,
          kendall_tau(array_agg(v.mean) filter (where v.complete) over part, array_agg(v.value) filter (where v.complete) over part) as tau,
          count(*) filter (where v.complete) over part as tau_rows
        from (
          select p.sweep_id, p.cell_id, p.position, p.cell_config, p.fixed, p.table_id, p.row_place, p.column_place, p.row_name, p.column_name, p.here, p.variant, p.metric, p.value, p."values", p.protocol, p.source, p.bold_within,
            p.n as published_n, p.nfe as published_nfe, o.evaluator, o.images, o.n, o.nfe, o."real", o.mean, o.trainings, o.low, o.high, o.trials, o.diverged, o.planned,
            o.diverged = 0 and o.trials = o.planned and o.mean is not null as complete,
            h.own_dataset, h.own_resolution, h.own_extractor, h.own_images,
            nullif(concat_ws(', ',
              case when p.dataset is distinct from h.own_dataset then 'other data set (' || coalesce(p.dataset, 'not stated') || ', here ' || coalesce(h.own_dataset, 'none') || ')' end,
              case when p.resolution is distinct from h.own_resolution then 'other resolution (' || coalesce(p.resolution::text, 'not stated') || ', here ' || coalesce(h.own_resolution::text, 'none') || ')' end,
              case when p.extractor is distinct from h.own_extractor then 'other extractor (' || coalesce(p.extractor, 'none') || ', here ' || coalesce(h.own_extractor, 'none') || ')' end,
              case when p.n is distinct from o.n then 'other n (' || coalesce(p.n::text, 'not stated') || ', here ' || coalesce(o.n::text, 'none') || ')' end,
              case when p.split <> 'training' then 'other images (' || p.split || ', here training)' end,
              case when p.images <> h.own_images then 'other training (' || p.images || ' images, here ' || h.own_images || ')' end,
              case when p.protocol = 'min-of-3' then 'a minimum of three, not a mean' end), '') as not_comparable
          from paper_cells p
          join own_figures o on o.sweep_id = p.sweep_id and o.cell_id = p.cell_id and o.metric = p.metric
          cross join lateral (select
            p.cell_config #>> '{dataset,name}' as own_dataset, (p.cell_config #>> '{dataset,resolution}')::integer as own_resolution, (p.cell_config ->> 'images')::bigint as own_images,
            -- a loss needs none
            case when p.metric <> 'loss' then (p.cell_config #>> '{extractor,kind}') || case when p.cell_config ->> 'inputRange' <> '1' then ' fed [-' || (p.cell_config ->> 'inputRange') || ', ' || (p.cell_config ->> 'inputRange') || ']' else '' end end as own_extractor) h
        ) v
        window part as (partition by v.sweep_id, v.fixed, v.metric, v.evaluator, v.images, v.table_id, v.column_place)
      ) r;
    `);
    await runner.query(tableViews);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view lesson_ladder, ablation_sampler_steps, ablation_edm_ladder, leaderboard, ablation_input_scale, ablation_noise_schedule;
      alter view own_leaderboard rename to leaderboard;
      ${ablation('ablation_noise_schedule', { schedule, input_scale: inputScale })}
      ${ablation('ablation_input_scale', { input_scale: inputScale, schedule })}
      drop view published_beside, paper_comparisons, paper_cells, paper_entries, own_figures;
      drop function kendall_interval, kendall_tau, t_quantile;
    `);
  }
}

const schedule = `c.config->'schedule'`;
const inputScale = `(c.config->>'inputScale')::double precision`;

/** A table over all cells, by its two axes; with `table`, the papers' figures beside each, as a list of objects. */
const ablation = (name: string, axes: Readonly<Record<string, string>>, published?: string): string => `
      create view ${name} as
      select
        s.sweep_id, s.metric, ${Object.entries(axes).map(([column, value]) => `${value} as ${column}`).join(', ')},
        c.config - '{schedule,inputScale}'::text[] as fixed,
        s.evaluator, s.n, s.nfe, s.mean, s.stddev, s.min, s.max, s.count, s.diverged, s.real${published === undefined ? '' : ', p.published'}
      from cell_scores s
      join cells c on c.sweep_id = s.sweep_id and c.id = s.cell_id
      ${published === undefined ? '' : beside(published)};
`;

/** Joins what papers published beside s, a row with sweep_id, cell_id, metric, evaluator and images. */
const beside = (tables: string): string => `left join (
        select sweep_id, cell_id, metric, evaluator, images, jsonb_agg(entry order by table_id, column_place) as published from published_beside where table_id ${tables} group by 1, 2, 3, 4, 5
      ) p on p.sweep_id = s.sweep_id and p.cell_id = s.cell_id and p.metric = s.metric and p.evaluator = coalesce(s.evaluator, '') and p.images = coalesce(s.images, 0)`;

const tableViews = `
      create view published_beside as
      select sweep_id, cell_id, metric, evaluator, images, table_id, column_place,
        jsonb_build_object('table', table_id, 'row', row_name, 'column', column_name, 'published', published, 'difference', difference, 'ownRank', own_rank, 'publishedRank', published_rank,
          'tau', tau, 'tauLow', tau_low, 'tauHigh', tau_high, 'tauRows', tau_rows, 'verdict', verdict) as entry
      from paper_comparisons;

      -- as before, and beside each cell what the papers have in its place
      drop view ablation_noise_schedule, ablation_input_scale;
      -- Chen 2023, Table 3: the noise schedule, for each input scale
      ${ablation('ablation_noise_schedule', { schedule, input_scale: inputScale }, `= 'chen2023-table3'`)}
      -- Chen 2023, Table 4: the input scale, for each noise schedule
      ${ablation('ablation_input_scale', { input_scale: inputScale, schedule }, `= 'chen2023-table4'`)}

      alter view leaderboard rename to own_leaderboard;
      create view leaderboard as
      select b.*, p.published from own_leaderboard b
      left join (
        select sweep_id, cell_id, evaluator, images, jsonb_agg(entry || jsonb_build_object('metric', metric) order by table_id, metric, column_place) as published from published_beside group by 1, 2, 3, 4
      ) p on p.sweep_id = b.sweep_id and p.cell_id = b.cell_id and p.evaluator = coalesce(b.evaluator, '') and p.images = coalesce(b.n, 0);

      -- EDM, Table 2: configurations A to F
      create view ablation_edm_ladder as select * from paper_comparisons where table_id = 'edm2022-table2';

      -- the fast.ai lesson, as shown and as corrected
      create view lesson_ladder as select * from paper_comparisons where table_id like 'lesson-%';

      -- the sampler and its steps: how many evaluations each needs to come within 3 % of its lowest FID or KID, beside what EDM and the lesson report
      create view ablation_sampler_steps as
      select
        s.sweep_id, s.metric, c.config->'sampler' as sampler, c.config->'discretisation' as discretisation, (c.config->>'steps')::integer as steps,
        c.config - '{sampler,discretisation,steps}'::text[] as fixed,
        s.evaluator, s.n, s.nfe, s.mean, s.stddev, s.min, s.max, s.count, s.diverged, s.real,
        case when s.metric ~ '^(fid|kid)' then min(s.nfe) filter (where s.diverged = 0 and s.mean <= s.lowest + 0.03 * abs(s.lowest)) over (partition by s.sweep_id, s.sampling, s.metric, s.evaluator, s.images) end as nfe_needed,
        p.published
      from (
        select o.*, k.config - 'steps' as sampling, min(o.mean) filter (where o.diverged = 0) over (partition by o.sweep_id, k.config - 'steps', o.metric, o.evaluator, o.images) as lowest
        from cell_scores o join cells k on k.sweep_id = o.sweep_id and k.id = o.cell_id
      ) s
      join cells c on c.sweep_id = s.sweep_id and c.id = s.cell_id
      ${beside(`in ('edm2022-nfe', 'lesson-karras', 'lesson-cosine')`)};
`;

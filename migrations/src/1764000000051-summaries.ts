import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A running stage counts as ready: claims, which are many, then change no summary; what runs is looked up where it is needed. */
const counted = (state: string): string => `case ${state} when 'running' then 'ready' else ${state} end`;

/**
 * What reads would otherwise count and average over all of a sweep: stages by kind and state, and scores by cell. Writers only note that a stage's
 * state or a sweep's plan has changed, one row each, which nobody waits for; summarise() takes these notes and brings the summaries up to date. It looks
 * at the states that are committed by then, so that the order of notes does not matter, and a note too many does no harm.
 */
export class Summaries1764000000051 implements MigrationInterface {
  readonly name = 'Summaries1764000000051';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index cells_position on cells (sweep_id, position);

      create table changed_stages (
        id bigint generated always as identity constraint changed_stages_pkey primary key,
        stage_id text not null
      );
      create table changed_sweeps (
        id bigint generated always as identity constraint changed_sweeps_pkey primary key,
        sweep_id text not null
      );

      create table sweep_sizes (
        sweep_id text constraint sweep_sizes_pkey primary key constraint sweep_sizes_sweep_id_fkey references sweeps on delete cascade,
        cells integer not null,
        trials integer not null
      );

      -- state 'reused': those that were done as the sweep was submitted, in whichever state they are now
      create table stage_counts (
        sweep_id text not null constraint stage_counts_sweep_id_fkey references sweeps on delete cascade,
        kind text not null,
        state text not null,
        stages integer not null,
        work double precision not null,
        -- the first place in the plan that a stage of the kind has
        position integer not null,
        constraint stage_counts_pkey primary key (sweep_id, kind, state)
      );

      -- the state under which stage_counts has it
      alter table sweep_stages add column counted text not null default 'waiting';
      create index sweep_stages_counted on sweep_stages (sweep_id, counted, position);

      -- the rows of cell_scores, kept; evaluator '' and images 0 stand for null
      create table cell_estimates (
        sweep_id text not null,
        cell_id text not null,
        metric text not null,
        evaluator text not null,
        images integer not null,
        position integer not null,
        n integer,
        mean double precision,
        stddev double precision,
        min double precision,
        max double precision,
        count integer not null,
        diverged integer not null,
        "real" double precision,
        nfe double precision,
        train_seeds integer[] not null,
        sample_seeds integer[] not null,
        constraint cell_estimates_pkey primary key (sweep_id, cell_id, metric, evaluator, images),
        constraint cell_estimates_cell_fkey foreign key (sweep_id, cell_id) references cells on delete cascade
      );
      create index cell_estimates_sweep on cell_estimates (sweep_id, metric, evaluator, images, mean, position);
      create index cell_estimates_all on cell_estimates (metric, evaluator, images, mean, sweep_id, position);

      -- what cell_estimates has rows of: scores compare only under one metric, evaluator and number of images
      create table score_groups (
        sweep_id text not null constraint score_groups_sweep_id_fkey references sweeps on delete cascade,
        metric text not null,
        evaluator text not null,
        images integer not null,
        constraint score_groups_pkey primary key (sweep_id, metric, evaluator, images)
      );

      create function note_stage() returns trigger language plpgsql as $$
      begin
        insert into changed_stages (stage_id) values (new.id);
        return null;
      end $$;
      create function note_sweep() returns trigger language plpgsql as $$
      begin
        insert into changed_sweeps (sweep_id) values (case tg_table_name when 'sweeps' then to_jsonb(new)->>'id' else to_jsonb(new)->>'sweep_id' end);
        return null;
      end $$;
      create trigger stages_changed after update of state on stages for each row
        when ((${counted('old.state')}) is distinct from (${counted('new.state')})) execute function note_stage();
      create trigger sweeps_changed after insert on sweeps for each row execute function note_sweep();
      create trigger sweep_stages_changed after update of reused on sweep_stages for each row when (old.reused is distinct from new.reused) execute function note_sweep();

      -- Computes the estimates of these cells, [sweep] and [cell], again.
      create function estimate_cells(of_sweeps text[], of_cells text[]) returns void language plpgsql as $$
      begin
        delete from cell_estimates e using unnest(of_sweeps, of_cells) as given(sweep_id, cell_id) where e.sweep_id = given.sweep_id and e.cell_id = given.cell_id;
        with entered as (
          insert into cell_estimates
          select given.sweep_id, given.cell_id, s.metric, coalesce(s.evaluator, ''), coalesce(s.images, 0), c.position, s.n, s.mean, s.stddev, s.min, s.max, s.count, s.diverged, s.real, s.nfe, s.train_seeds, s.sample_seeds
          from unnest(of_sweeps, of_cells) as given(sweep_id, cell_id)
          join cells c on c.sweep_id = given.sweep_id and c.id = given.cell_id
          cross join lateral (select * from cell_scores where sweep_id = given.sweep_id and cell_id = given.cell_id) s
          returning *)
        insert into score_groups select distinct sweep_id, metric, evaluator, images from entered on conflict do nothing;
      end $$;

      -- Recomputes all summaries of a sweep.
      create function summarise_sweep(of_sweep text) returns void language plpgsql as $$
      begin
        insert into sweep_sizes
        select of_sweep, (select count(*) from cells where sweep_id = of_sweep), (select count(*) from trials where sweep_id = of_sweep)
        on conflict (sweep_id) do update set cells = excluded.cells, trials = excluded.trials;

        update sweep_stages ss set counted = ${counted('s.state')} from stages s where ss.sweep_id = of_sweep and s.id = ss.stage_id and ss.counted <> ${counted('s.state')};
        delete from stage_counts where sweep_id = of_sweep;
        insert into stage_counts
        select of_sweep, s.kind, part.state, count(*), sum(s.work), min(min(ss.position)) over (partition by s.kind)
        from sweep_stages ss join stages s on s.id = ss.stage_id
        cross join lateral (select ss.counted as state union all select 'reused' where ss.reused) part
        where ss.sweep_id = of_sweep group by s.kind, part.state;

        delete from cell_estimates where sweep_id = of_sweep;
        delete from score_groups where sweep_id = of_sweep;
        if exists (select from stage_counts where sweep_id = of_sweep and kind = 'score' and state = 'done') then
          insert into cell_estimates
          select s.sweep_id, s.cell_id, s.metric, coalesce(s.evaluator, ''), coalesce(s.images, 0), c.position, s.n, s.mean, s.stddev, s.min, s.max, s.count, s.diverged, s.real, s.nfe, s.train_seeds, s.sample_seeds
          from cell_scores s join cells c on c.sweep_id = s.sweep_id and c.id = s.cell_id where s.sweep_id = of_sweep;
          insert into score_groups select distinct sweep_id, metric, evaluator, images from cell_estimates where sweep_id = of_sweep;
        end if;
      end $$;

      -- Takes up to "most" notes of stages, and all of sweeps; returns how many notes it took. One at a time: it alone writes summaries.
      create function summarise(most integer) returns integer language plpgsql as $$
      declare
        sweeps_noted text[];
        stages_noted text[];
        of_sweeps text[];
        of_cells text[];
        sweep text;
      begin
        perform pg_advisory_xact_lock(${0x73756d6d});
        with taken as (delete from changed_sweeps returning sweep_id) select coalesce(array_agg(sweep_id), '{}') into sweeps_noted from taken;
        for sweep in select id from sweeps where id = any(sweeps_noted) loop
          perform summarise_sweep(sweep);
        end loop;

        with taken as (delete from changed_stages where id = any(array(select id from changed_stages order by id limit most)) returning stage_id)
        select coalesce(array_agg(stage_id), '{}') into stages_noted from taken;
        if stages_noted = '{}' then return cardinality(sweeps_noted); end if;

        with moved as (
          select ss.sweep_id, ss.stage_id, s.kind, s.work, ss.counted as was, ${counted('s.state')} as now
          from (select distinct unnest(stages_noted) as id) given join stages s on s.id = given.id join sweep_stages ss on ss.stage_id = s.id
          where ss.counted <> ${counted('s.state')}),
        marked as (
          update sweep_stages ss set counted = moved.now from moved where ss.sweep_id = moved.sweep_id and ss.stage_id = moved.stage_id),
        change as (
          select sweep_id, kind, state, sum(n)::integer as stages, sum(n * work) as work
          from (select sweep_id, kind, was as state, -1 as n, work from moved union all select sweep_id, kind, now, 1, work from moved) both_sides
          group by 1, 2, 3)
        insert into stage_counts as c
        select change.*, (select min(position) from stage_counts k where k.sweep_id = change.sweep_id and k.kind = change.kind) from change
        -- a sweep whose own note is not taken yet has no counts: they will be computed then
        where exists (select from stage_counts k where k.sweep_id = change.sweep_id and k.kind = change.kind)
        on conflict (sweep_id, kind, state) do update set stages = c.stages + excluded.stages, work = case when c.stages + excluded.stages = 0 then 0 else c.work + excluded.work end;

        select array_agg(sweep_id), array_agg(cell_id) into of_sweeps, of_cells from (
          select distinct t.sweep_id, t.cell_id
          from (select distinct unnest(stages_noted) as id) given join stages s on s.id = given.id and s.kind = 'score'
          join trial_stages ts on ts.stage_id = s.id and ts.role = 'score' join trials t on t.id = ts.trial_id) touched;
        if of_cells is not null then perform estimate_cells(of_sweeps, of_cells); end if;
        return cardinality(sweeps_noted) + cardinality(stages_noted);
      end $$;

      insert into changed_sweeps (sweep_id) select id from sweeps;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger sweep_stages_changed on sweep_stages;
      drop trigger sweeps_changed on sweeps;
      drop trigger stages_changed on stages;
      drop function summarise, summarise_sweep, estimate_cells, note_sweep, note_stage;
      drop table score_groups, cell_estimates, stage_counts, sweep_sizes, changed_sweeps, changed_stages;
      drop index cells_position, sweep_stages_counted;
      alter table sweep_stages drop column counted;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a function is planned: all that it looks up, it looks up by key, whatever PostgreSQL knows of the tables, nothing for example right after a large submission. Procedures call by_key(). */
export const byKey = 'set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_material = off';

/** The rows of a table that belong to a list of stages: read by key for each, where "= any" of a long list may read the whole table. */
export const rowsOf = (table: string, key: string, ids: string): string =>
  `unnest(${ids}) as given(id) cross join lateral (select * from ${table} where ${key} = given.id offset 0)`;

/** A stage's places in the plans of sweeps. */
export const placesOf = (stage: string): string => `(select * from sweep_stages where stage_id = ${stage} offset 0)`;

/** Text, not functions: PostgreSQL would call a function that has a subquery for every row. */
export const inputsDone = (stages: string): string =>
  `(not exists (select from stage_inputs i where i.stage_id = ${stages}.id and (select d.state <> 'done' from stages d where d.id = i.input_id)))`;
const isOpen = (stage: string): string => `coalesce((select state in ('waiting', 'ready', 'running') from stages where id = ${stage}), false)`;

/**
 * What follows from a stage's state. Each function looks at committed states, and may run any number of times, by anyone, in any order.
 * Each statement of a function sees what was committed before the statement began (read committed), so "lock, then look" takes two statements.
 */
export class Settle1764000000031 implements MigrationInterface {
  readonly name = 'Settle1764000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Plans the rest of a transaction so that all is looked up by key, as in functions that are declared so.
      create function by_key() returns void language sql as $$
        select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('enable_material', 'off', true)
      $$;

      create function followers(of_stages text[]) returns text[] language sql stable as $$
        select array(select distinct i.stage_id from ${rowsOf('stage_inputs', 'input_id', 'of_stages')} i)
      $$;

      -- The jobs of those of the stages that are ready. A stage of several running sweeps takes its best position.
      create function jobs_of(of_stages text[]) returns table ("stageId" text, kind text, token integer, "position" integer) language sql stable as $$
        select s.id, s.kind, s.token::integer,
          coalesce((select min(ss.position) from ${placesOf('s.id')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running'), 0) as position
        from stages s where s.id = any(of_stages) and s.state = 'ready' order by 4
      $$;

      -- An event for every running sweep that has these stages; the stage's id and kind come before "data".
      create function stage_events(of_type text, of_stages text[], event jsonb) returns void language sql as $$
        insert into events (sweep_id, type, data)
        select w.id, of_type, jsonb_build_object('stageId', s.id, 'kind', s.kind) || event
        from ${rowsOf('sweep_stages', 'stage_id', 'of_stages')} ss join stages s on s.id = ss.stage_id join sweeps w on w.id = ss.sweep_id and w.state = 'running'
      $$;

      create function unsettle(of_stages text[]) returns void language sql as $$
        insert into unsettled_stages (stage_id) select id from unnest(of_stages) as given(id) order by id
        on conflict (stage_id) do update set settled_to = null, at = clock_timestamp()
      $$;

      -- Inputs that failed permanently of those of the stages that wait for them.
      create function failed_inputs(of_stages text[]) returns text[] language sql stable as $$
        select array(
          select distinct i.input_id from ${rowsOf('stage_inputs', 'stage_id', 'of_stages')} i
          where (select s.state in ('failed', 'quarantined') from stages s where s.id = i.input_id)
            and (select s.state in ('waiting', 'ready') from stages s where s.id = i.stage_id))
      $$;

      -- Makes those of the stages ready that wait and whose inputs are all done; returns them.
      create function ready_stages(of_stages text[]) returns text[] language plpgsql as $$
      declare
        these text[] := array(select id from stages where id = any(of_stages) and state = 'waiting' and ${inputsDone('stages')} order by id for no key update);
      begin
        -- an input may have been taken back before the rows were locked
        with readied as (
          update stages set state = 'ready', ready_at = clock_timestamp(), not_before = null
          where id = any(these) and state = 'waiting' and ${inputsDone('stages')} returning id)
        select array(select id from readied) into these;
        return these;
      end $$;

      -- Makes those of the stages wait that are ready although an input is not done.
      create function unready_stages(of_stages text[]) returns void language plpgsql as $$
      declare
        these text[] := array(select id from stages where id = any(of_stages) and state = 'ready' and not ${inputsDone('stages')} order by id for no key update);
      begin
        update stages set state = 'waiting', ready_at = null, not_before = null where id = any(these) and state = 'ready';
        -- the inputs may be done by now, and the one that completed them have seen a ready stage
        perform unsettle(these);
      end $$;

      -- Fails everything that needs a stage that has failed permanently; returns what it failed.
      create function fail_followers(of_stage text) returns text[] language plpgsql as $$
      declare
        below text[];
        reason jsonb := jsonb_build_object('code', 'stage.input_failed', 'details', jsonb_build_object('stageId', of_stage), 'message',
          format('Not run: stage %s, which it needs, failed permanently; see that stage''s error, then retry the sweep', left(of_stage, 8)));
      begin
        -- held, so that a retry of it does not come in between
        perform from stages where id = of_stage and state in ('failed', 'quarantined') for share;
        if not found then return '{}'; end if;
        below := array(
          with recursive below(id) as (
            select stage_id from stage_inputs where input_id = of_stage
            union select i.stage_id from below b cross join lateral (select stage_id from stage_inputs where input_id = b.id offset 0) i)
          select s.id from stages s where s.id = any(array(select id from below)) and s.state in ('waiting', 'ready') order by s.id for no key update);
        update stages set state = 'failed', error = reason, ended_at = clock_timestamp() where id = any(below);
        perform stage_events('stage.failed', below, '{"state": "failed", "code": "stage.input_failed"}');
        return below;
      end $$;

      -- Starts stages that have ended again: attempts counted from 0, old results deleted.
      create function restart_stages(of_stages text[]) returns void language plpgsql as $$
      begin
        delete from metrics m using unnest(of_stages) as given(id) where m.stage_id = given.id;
        delete from stage_outputs o using unnest(of_stages) as given(id) where o.stage_id = given.id;
        update stages set state = 'waiting', counted_attempts = 0, worker_id = null, lease_expires_at = null, lease_ms = null, not_before = null,
          progress = null, error = null, provenance = null, ready_at = null, started_at = null, ended_at = null
        where id = any(of_stages);
        -- they may come after the stage that a sweep watches
        update sweeps set watched_stage_id = null where id = any(array(
          select id from sweeps where state = 'running' and watched_stage_id is not null
            and id = any(array(select distinct ss.sweep_id from ${rowsOf('sweep_stages', 'stage_id', 'of_stages')} ss)) order by id for no key update));
        perform unsettle(of_stages);
      end $$;

      -- Ends a running sweep of which no stage is open; else watches its last open stage. Looks only before the stage watched until now, so that over the
      -- life of a sweep each of its stages is passed once.
      create function watch_sweep(of_sweep text) returns void language plpgsql as $$
      declare
        watched text;
        open_stage text;
        ended text;
      begin
        select watched_stage_id into watched from sweeps where id = of_sweep and state = 'running' for no key update;
        if not found or ${isOpen('watched')} or exists (select from unsettled_sweeps where sweep_id = of_sweep and position >= 0) then return; end if;
        select ss.stage_id into open_stage from sweep_stages ss
          where ss.sweep_id = of_sweep
            and ss.position <= coalesce((select mark.position from sweep_stages mark where mark.sweep_id = of_sweep and mark.stage_id = watched), 2147483647)
            and ${isOpen('ss.stage_id')}
          order by ss.position desc limit 1;
        if found then
          update sweeps set watched_stage_id = open_stage where id = of_sweep;
          return;
        end if;
        ended := case when exists (
          select from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = of_sweep and s.state in ('failed', 'quarantined', 'cancelled'))
          then 'failed' else 'done' end;
        update sweeps set state = ended, ended_at = clock_timestamp(), watched_stage_id = null where id = of_sweep;
        insert into events (sweep_id, type, data) values (of_sweep, 'sweep.ended', jsonb_build_object('state', ended));
      end $$;

      create function watch_sweeps_of(of_stages text[]) returns void language plpgsql as $$
      declare
        sweep text;
      begin
        for sweep in
          select distinct w.id from ${rowsOf('sweep_stages', 'stage_id', 'of_stages')} ss join sweeps w on w.id = ss.sweep_id
          where w.state = 'running' and not ${isOpen('w.watched_stage_id')} order by w.id
        loop
          perform watch_sweep(sweep);
        end loop;
      end $$;

      -- Those of the stages that have more than a page of followers.
      create function wide_stages(of_stages text[]) returns text[] language sql stable as $$
        select array(select given.id from unnest(of_stages) as given(id) where (select count(*) from (select from stage_inputs where input_id = given.id limit 1001) f) > 1000)
      $$;

      -- Draws the consequences of the states of these stages; returns the stages that became ready. Wide stages keep their mark: settle_page goes on.
      create function settle_stages(of_stages text[]) returns text[] language plpgsql as $$
      declare
        wide text[] := wide_stages(of_stages);
        done text[];
        failed text[];
        undone text[];
        cancelled text[];
        stage text;
        ended text[] := of_stages;
        readied text[];
      begin
        delete from unsettled_stages where stage_id = any(array(select stage_id from unsettled_stages where stage_id = any(of_stages) and stage_id <> all(wide) order by stage_id for update));
        select array_agg(id) filter (where state = 'done'), array_agg(id) filter (where state in ('failed', 'quarantined')),
          array_agg(id) filter (where state <> 'done'), array_agg(id) filter (where state = 'cancelled')
        into done, failed, undone, cancelled from stages where id = any(of_stages);
        if undone is not null then
          perform unready_stages(undone || followers(array(select unnest(undone) except select unnest(wide))));
        end if;
        if cancelled is not null then
          -- another sweep that needs them was submitted meanwhile
          perform restart_stages(array(
            select id from stages s where id = any(cancelled) and state = 'cancelled'
              and exists (select from ${placesOf('s.id')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running')
            order by id for no key update));
        end if;
        if undone is not null then
          foreach stage in array failed || failed_inputs(undone) loop
            ended := ended || fail_followers(stage);
          end loop;
        end if;
        readied := ready_stages(array(select unnest(undone) union select unnest(followers(array(select unnest(done) except select unnest(wide))))));
        perform watch_sweeps_of(ended);
        return readied;
      end $$;

      -- Settles the next thousand followers of a wide stage; "more": whether there are others.
      create function settle_page(of_stage text, out more boolean, out readied text[]) language plpgsql ${byKey} as $$
      declare
        mark unsettled_stages;
        page text[];
      begin
        more := false;
        readied := '{}';
        select * into mark from unsettled_stages where stage_id = of_stage for update;
        if not found then return; end if;
        page := array(select i.stage_id from stage_inputs i where i.input_id = of_stage and i.stage_id > coalesce(mark.settled_to, '') order by i.stage_id limit 1000);
        perform unready_stages(page);
        readied := ready_stages(page);
        more := cardinality(page) = 1000;
        if more then
          update unsettled_stages set settled_to = page[1000], at = clock_timestamp() where stage_id = of_stage;
        else
          delete from unsettled_stages where stage_id = of_stage;
        end if;
      end $$;

      -- As settle_page; outcome: { more, jobs: of the stages that became ready }.
      create procedure settle_followers(of_stage text, inout outcome jsonb) language plpgsql as $$
      declare
        page record;
      begin
        set local synchronous_commit = off;
        select * into page from settle_page(of_stage);
        outcome := jsonb_build_object('more', page.more, 'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(page.readied) j));
        commit;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop procedure settle_followers;
      drop function settle_page, settle_stages, wide_stages, watch_sweeps_of, watch_sweep, restart_stages, fail_followers, unready_stages, ready_stages,
        failed_inputs, unsettle, stage_events, jobs_of, followers, by_key;
    `);
  }
}

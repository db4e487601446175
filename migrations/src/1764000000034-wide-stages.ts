import type { MigrationInterface, QueryRunner } from 'typeorm';
import { byKey, rowsOf, Settle1764000000031 } from './1764000000031-settle.js';
import { Transitions1764000000032 } from './1764000000032-transitions.js';
import { Steer1764000000033 } from './1764000000033-steer.js';

/** The followers of a stage that very many read, an extractor for example, are settled page by page, so that no call holds up others for seconds. */
export class WideStages1764000000034 implements MigrationInterface {
  readonly name = 'WideStages1764000000034';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the last follower that has been looked at; null: none, or the stage has no more than a page of them
      alter table unsettled_stages add column settled_to text;

      drop index stage_inputs_input_id;
      create index stage_inputs_input_id on stage_inputs (input_id, stage_id);

      create or replace function unsettle(of_stages text[]) returns void language sql as $$
        insert into unsettled_stages (stage_id) select id from unnest(of_stages) as given(id) order by id
        on conflict (stage_id) do update set settled_to = null, at = clock_timestamp()
      $$;

      -- Those of the stages that have more than a page of followers.
      create function wide_stages(of_stages text[]) returns text[] language sql stable as $$
        select array(select given.id from unnest(of_stages) as given(id) where (select count(*) from (select from stage_inputs where input_id = given.id limit 1001) f) > 1000)
      $$;

      -- Draws the consequences of the states of these stages; returns the stages that became ready. Wide stages keep their mark: settle_page goes on.
      create or replace function settle_stages(of_stages text[]) returns text[] language plpgsql as $$
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
              and exists (select from (select * from sweep_stages where stage_id = s.id offset 0) ss join sweeps w on w.id = ss.sweep_id where w.state = 'running')
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

      -- As close_leases; outcome: { done: both, jobs: of stages that became ready by them, wide: stages whose followers are left to settle_followers }.
      create or replace procedure complete_stages(results jsonb, inout outcome jsonb) language plpgsql as $$
      declare
        closed text[];
        repeated text[];
        readied text[];
      begin
        select c.mine, c.repeated into closed, repeated from close_leases(results) c;
        commit;
        -- if the server falls, the mark that something follows from these stages comes back with what followed
        set local synchronous_commit = off;
        perform by_key();
        readied := settle_stages(closed || repeated) || followers(array(select unnest(repeated) except select unnest(wide_stages(repeated))));
        outcome := jsonb_build_object('done', to_jsonb(closed || repeated),
          'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(readied) j),
          'wide', to_jsonb(array(select u.stage_id from ${rowsOf('unsettled_stages', 'stage_id', 'closed || repeated')} u)));
        commit;
      end $$;

      -- Draws the consequences of up to "most" changes older than "age_ms" whose author was cut off; returns the jobs of stages that became ready.
      create or replace function settle_left(age_ms float8, most integer)
      returns table ("stageId" text, kind text, token integer, "position" integer) language plpgsql ${byKey} as $$
      #variable_conflict use_column
      declare
        left_over text[] := array(select stage_id from unsettled_stages where at < clock_timestamp() - age_ms * interval '1 ms' order by at limit most for update skip locked);
        readied text[] := settle_stages(left_over);
        stage text;
        page record;
      begin
        foreach stage in array wide_stages(left_over) loop
          -- twenty pages of one stage: about half a second
          for pages in 1..20 loop
            select * into page from settle_page(stage);
            readied := readied || page.readied;
            exit when not page.more;
          end loop;
          exit when page.more;
        end loop;
        return query select j.* from jobs_of(readied) j;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop procedure settle_followers;
      drop function settle_page, wide_stages;
      drop index stage_inputs_input_id;
      create index stage_inputs_input_id on stage_inputs (input_id);
      alter table unsettled_stages drop column settled_to;
    `);
    const functions = [new Settle1764000000031(), new Transitions1764000000032(), new Steer1764000000033()];
    for (const made of [...functions].reverse()) await made.down(runner);
    for (const made of functions) await made.up(runner);
  }
}

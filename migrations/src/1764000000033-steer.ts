import type { MigrationInterface, QueryRunner } from 'typeorm';
import { byKey, placesOf } from './1764000000031-settle.js';

/** Submit, retry and cancel say what a sweep is to be, in one row; its stages are brought into line afterwards, a thousand at a time, by the caller or, if that was cut off, by the reconciler. */
export class Steer1764000000033 implements MigrationInterface {
  readonly name = 'Steer1764000000033';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Cancels those open stages that no running sweep needs; returns them.
      create function cancel_stages(of_stages text[]) returns text[] language plpgsql as $$
      declare
        these text[] := array(select id from stages where id = any(of_stages) and state in ('waiting', 'ready', 'running') order by id for no key update);
      begin
        with cancelled as (
          update stages s set state = 'cancelled', ended_at = clock_timestamp(), lease_expires_at = null, lease_ms = null, progress = null
          where s.id = any(these) and not exists (select from ${placesOf('s.id')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running')
          returning s.id, s.token),
        attempt as (
          update attempts a set outcome = 'cancelled', ended_at = clock_timestamp()
          from cancelled c where a.stage_id = c.id and a.token = c.token and a.ended_at is null)
        select array(select id from cancelled) into these;
        perform unsettle(these);
        return these;
      end $$;

      -- Brings the next "most" stages of an unsettled sweep into line with the sweep's state. Running: stages that had ended without a result start again, and
      -- those whose inputs are done are ready. Cancelled: open stages that no other sweep needs are cancelled.
      -- outcome: { more: whether there are further stages, jobs: of those that became ready, cancelled: how many }.
      create procedure settle_sweep(of_sweep text, most integer, inout outcome jsonb) language plpgsql as $$
      declare
        mark unsettled_sweeps;
        sweep_state text;
        chunk text[];
        beyond integer;
        changed text[] := '{}';
        readied text[] := '{}';
        cancelled integer := 0;
      begin
        perform by_key();
        select * into mark from unsettled_sweeps where sweep_id = of_sweep;
        if not found then
          outcome := '{"more": false, "jobs": [], "cancelled": 0}';
          return;
        end if;
        select state into sweep_state from sweeps where id = of_sweep;
        select array_agg(stage_id), max(position) + 1 into chunk, beyond from (
          select stage_id, position from sweep_stages where sweep_id = of_sweep and position >= mark.position order by position limit most) part;
        if chunk is null or mark.position < 0 then
          -- from now on others may end the sweep; if its last stage has ended already, nobody else will
          update unsettled_sweeps set position = -1 where sweep_id = of_sweep and restart_before = mark.restart_before;
          commit;
          perform by_key();
          perform watch_sweep(of_sweep);
          delete from unsettled_sweeps where sweep_id = of_sweep and position = -1;
          commit;
          outcome := '{"more": false, "jobs": [], "cancelled": 0}';
          return;
        end if;

        if sweep_state = 'running' then
          changed := array(select id from stages where id = any(chunk) and state in ('failed', 'quarantined', 'cancelled') and ended_at < mark.restart_before order by id for no key update);
          perform restart_stages(changed);
        elsif sweep_state = 'cancelled' then
          changed := cancel_stages(chunk);
          cancelled := cardinality(changed);
        end if;
        commit;

        set local synchronous_commit = off;
        perform by_key();
        if changed <> '{}' then readied := settle_stages(changed); end if;
        if sweep_state = 'running' then
          -- an input may have failed permanently before its followers were there
          perform settle_stages(failed_inputs(chunk));
          readied := readied || ready_stages(chunk);
        end if;
        update unsettled_sweeps set position = beyond, at = clock_timestamp() where sweep_id = of_sweep and position = mark.position and restart_before = mark.restart_before;
        outcome := jsonb_build_object('more', true, 'cancelled', cancelled, 'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(readied) j));
        commit;
      end $$;

      -- Stages of which files are lost start again, if they are still done under the token that these were written under; ready stages that
      -- read them wait again. "lost": [{ stageId, token }]. Returns how many.
      create procedure restart_lost(lost jsonb, inout restarted integer) language plpgsql as $$
      declare
        these text[] := array(
          select s.id from stages s
          where s.state = 'done' and (s.id, s.token) in (select "stageId", token from jsonb_to_recordset(lost) as l("stageId" text, token bigint))
          order by s.id for no key update);
      begin
        perform by_key();
        perform restart_stages(these);
        restarted := cardinality(these);
        commit;
        perform by_key();
        perform unready_stages(followers(these));
        commit;
      end $$;

      -- Lets a sweep run again, if there is anything to run; outcome: how many stages have ended without a result, null if there is no such sweep.
      create function retry_sweep(of_sweep text, of_principal text, lost integer) returns integer language plpgsql ${byKey} as $$
      declare
        sweep_state text;
        again integer;
      begin
        select state into sweep_state from sweeps where id = of_sweep for no key update;
        if not found then return null; end if;
        again := lost + (select count(*) from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = of_sweep and s.state in ('failed', 'quarantined', 'cancelled'));
        update sweeps set state = 'running', ended_at = null, watched_stage_id = null where id = of_sweep and state <> 'done';
        if not found then return again; end if;
        insert into unsettled_sweeps (sweep_id) values (of_sweep)
          on conflict (sweep_id) do update set position = 0, restart_before = clock_timestamp(), at = clock_timestamp();
        if again > 0 then
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.retried', jsonb_build_object('stages', again, 'by', of_principal));
        end if;
        return again;
      end $$;

      -- Stops a running sweep; returns the state it had, null if there is no such sweep.
      create function cancel_sweep(of_sweep text, of_principal text) returns text language plpgsql as $$
      declare
        sweep_state text;
      begin
        select state into sweep_state from sweeps where id = of_sweep for no key update;
        if sweep_state = 'running' then
          update sweeps set state = 'cancelled', ended_at = clock_timestamp(), watched_stage_id = null where id = of_sweep;
          insert into unsettled_sweeps (sweep_id) values (of_sweep)
            on conflict (sweep_id) do update set position = 0, restart_before = clock_timestamp(), at = clock_timestamp();
          insert into events (sweep_id, type, data) values (of_sweep, 'sweep.ended', jsonb_build_object('state', 'cancelled', 'by', of_principal));
        end if;
        return sweep_state;
      end $$;

      -- Draws the consequences of up to "most" changes older than "age_ms" whose author was cut off; returns the jobs of stages that became ready.
      create function settle_left(age_ms float8, most integer)
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

      -- After the clock was set back: no time lies further ahead than it could if it had been written now.
      create function bound_times() returns void language plpgsql as $$
      begin
        update stages set lease_expires_at = clock_timestamp() + lease_ms * interval '1 ms'
          where id = any(array(select id from stages where state = 'running' and lease_expires_at > clock_timestamp() + lease_ms * interval '1 ms' order by id for no key update skip locked));
        update stages set ready_at = clock_timestamp(), not_before = null
          where id = any(array(select id from stages where state = 'ready' and ready_at > clock_timestamp() order by id limit 10000 for no key update skip locked));
        update workers set seen_at = clock_timestamp() where seen_at > clock_timestamp() + interval '1 s';
        update unsettled_stages set at = clock_timestamp() where at > clock_timestamp();
        update unsettled_sweeps set at = clock_timestamp() where at > clock_timestamp();
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop procedure settle_sweep, restart_lost;
      drop function bound_times, settle_left, cancel_sweep, retry_sweep, cancel_stages;
    `);
  }
}

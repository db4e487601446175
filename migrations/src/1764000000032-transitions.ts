import type { MigrationInterface, QueryRunner } from 'typeorm';
import { byKey, inputsDone, rowsOf } from './1764000000031-settle.js';

/** The transitions of a stage that is worked on: each one call, which locks the rows it changes in order of id and, as it runs in the server, holds nothing while its caller sleeps. */
export class Transitions1764000000032 implements MigrationInterface {
  readonly name = 'Transitions1764000000032';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Leases those of the stages that are ready: their tokens grow by one. "versions" maps the kinds that the worker can run to its code versions; null: all.
      -- A stage that somebody else is about to take is left to them.
      create function claim_stages(of_stages text[], of_worker text, of_lease_ms integer, versions jsonb)
      returns table ("stageId" text, kind text, "codeVersion" integer, params jsonb, token integer, inputs jsonb) language plpgsql ${byKey} as $$
      #variable_conflict use_column
      declare
        mine text[] := array(
          select id from stages
          where id = any(of_stages) and state = 'ready' and coalesce(not_before, '-infinity') <= clock_timestamp()
            and (versions is null or (versions->>stages.kind)::integer = code_version)
          order by id for no key update skip locked);
        early text[];
      begin
        early := array(select id from stages where id = any(mine) and not ${inputsDone('stages')});
        if early <> '{}' then
          perform unready_stages(early);
          mine := array(select unnest(mine) except select unnest(early));
        end if;
        update stages set state = 'running', token = stages.token + 1, worker_id = of_worker, started_at = clock_timestamp(), lease_ms = of_lease_ms,
          lease_expires_at = clock_timestamp() + of_lease_ms * interval '1 ms', not_before = null, progress = null, error = null
        where id = any(mine);
        insert into attempts (stage_id, token, worker_id) select id, stages.token, of_worker from stages where id = any(mine);
        perform stage_events('stage.started', array[id], jsonb_build_object('workerId', of_worker, 'token', stages.token)) from stages where id = any(mine);
        return query
          select s.id, s.kind, s.code_version, s.params, s.token::integer, coalesce((
            select jsonb_object_agg(name, files) from (
              select i.name, jsonb_object_agg(o.name, o.hash) as files
              from stage_inputs i join stage_outputs o on o.stage_id = i.input_id where i.stage_id = s.id group by i.name) given), '{}')
          from stages s where s.id = any(mine);
      end $$;

      -- Writes the results of attempts whose lease is still theirs, and closes it. "results": [{ stageId, token, provenance, logHash, outputs, metrics }].
      -- "mine": the stages that are done now; "repeated": those that were done under these tokens before, by a call that was not answered.
      create function close_leases(results jsonb, out mine text[], out repeated text[]) language plpgsql ${byKey} as $$
      declare
        ids text[] := array(select "stageId" from jsonb_to_recordset(results) as r("stageId" text));
      begin
        repeated := array(
          select s.id from stages s
          where s.id = any(ids) and s.state = 'done' and s.token in (select token from jsonb_to_recordset(results) as r("stageId" text, token bigint) where "stageId" = s.id));
        mine := array(
          select s.id from stages s
          where s.id = any(ids) and s.state = 'running' and s.token in (select token from jsonb_to_recordset(results) as r("stageId" text, token bigint) where "stageId" = s.id)
          order by s.id for no key update);
        update stages s set state = 'done', ended_at = clock_timestamp(), lease_expires_at = null, lease_ms = null, progress = null, error = null, provenance = r.provenance
          from jsonb_to_recordset(results) as r("stageId" text, token bigint, provenance jsonb) where s.id = any(mine) and s.id = r."stageId" and s.token = r.token;
        update attempts a set outcome = 'done', ended_at = clock_timestamp(), log_hash = r."logHash"
          from jsonb_to_recordset(results) as r("stageId" text, token bigint, "logHash" text) where a.stage_id = any(mine) and a.stage_id = r."stageId" and a.token = r.token;
        with result as (
          select r.* from jsonb_to_recordset(results) as r("stageId" text, token bigint, outputs jsonb, metrics jsonb)
          where "stageId" = any(mine) and token = (select s.token from stages s where s.id = "stageId")),
        output as (
          select "stageId", o.key as name, o.value->>'hash' as hash, (o.value->>'sizeBytes')::bigint as size_bytes, o.value->>'mediaType' as media_type
          from result cross join jsonb_each(outputs) as o),
        stored as (
          insert into artifacts (hash, size_bytes, media_type) select distinct on (hash) hash, size_bytes, media_type from output order by hash on conflict do nothing),
        named as (
          insert into stage_outputs (stage_id, name, hash) select "stageId", name, hash from output),
        measured as (
          insert into metrics (stage_id, name, value, stddev, n, evaluator, details)
          select "stageId", m.* from result cross join jsonb_to_recordset(metrics) as m(name text, value float8, stddev float8, n integer, evaluator text, details jsonb))
        insert into events (sweep_id, type, data)
        select w.id, 'stage.done', jsonb_build_object('stageId', s.id, 'kind', s.kind, 'metrics', (
          -- a value that JSON has no number for is text
          select coalesce(jsonb_object_agg(m->>'name', case jsonb_typeof(m->'value') when 'number' then m->'value' end), '{}') from jsonb_array_elements(metrics) as m))
        from ${rowsOf('sweep_stages', 'stage_id', 'mine')} ss join result on "stageId" = ss.stage_id join stages s on s.id = ss.stage_id join sweeps w on w.id = ss.sweep_id and w.state = 'running';
        perform unsettle(mine);
      end $$;

      -- As close_leases; outcome: { done: both, jobs: of stages that became ready by them, wide: stages whose followers are left to settle_followers }.
      create procedure complete_stages(results jsonb, inout outcome jsonb) language plpgsql as $$
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

      -- Ends an attempt without a result: ready again after a back-off, or failed permanently. Returns the stage's state; null if the lease is not this attempt's.
      -- "ending": { outcome, error, logHash, retryable, killed: whether its process or worker was lost, counted, maxAttempts, backoffMs, brief: the message for the event }
      create function end_attempt(of_stage text, of_token bigint, ending jsonb) returns text language plpgsql ${byKey} as $$
      declare
        stage stages;
        counts integer;
        again boolean;
      begin
        select * into stage from stages where id = of_stage and token = of_token and state = 'running' for no key update;
        if not found then
          -- an earlier call was not answered; somebody may have claimed the stage again since
          perform from attempts where stage_id = of_stage and token = of_token and outcome = ending->>'outcome';
          if not found then return null; end if;
          select * into stage from stages where id = of_stage;
          return case when stage.token = of_token and stage.state in ('ready', 'failed', 'quarantined') then stage.state else 'ready' end;
        end if;
        -- nobody is to blame for a file that is being made again
        counts := ((ending->>'counted')::boolean and ${inputsDone('stage')})::integer;
        again := counts = 0 or ((ending->>'retryable')::boolean and stage.counted_attempts + 1 < (ending->>'maxAttempts')::integer);
        update stages set counted_attempts = counted_attempts + counts, worker_id = null, lease_expires_at = null, lease_ms = null, progress = null, error = ending->'error',
          state = case when again then 'ready' when (ending->>'killed')::boolean then 'quarantined' else 'failed' end,
          ready_at = clock_timestamp(), ended_at = case when again then null else clock_timestamp() end,
          not_before = clock_timestamp() + least((ending->>'backoffMs')::float8 * power(2, least(counted_attempts, 20)), 60000) * interval '1 ms'
        where id = of_stage returning * into stage;
        update attempts set outcome = ending->>'outcome', ended_at = clock_timestamp(), error = ending->'error', log_hash = coalesce(ending->>'logHash', log_hash)
          where stage_id = of_stage and token = of_token;
        perform stage_events(case when again then 'stage.retrying' else 'stage.failed' end, array[of_stage], jsonb_build_object('state', stage.state,
          'countedAttempts', stage.counted_attempts, 'code', ending->'error'->'code', 'message', ending->'brief'));
        perform unsettle(array[of_stage]);
        return stage.state;
      end $$;

      -- As end_attempt; outcome: the stage's state, null if the lease is not this attempt's.
      create procedure fail_stage(of_stage text, of_token bigint, ending jsonb, inout outcome text) language plpgsql as $$
      begin
        outcome := end_attempt(of_stage, of_token, ending);
        commit;
        if outcome is not null then
          set local synchronous_commit = off;
          perform by_key();
          perform settle_stages(array[of_stage]);
          commit;
        end if;
      end $$;

      -- Hands a stage back: ready at once, no attempt counted. Returns its job if the lease was this attempt's, or was handed back by an earlier call.
      create function release_stage(of_stage text, of_token bigint, of_log text)
      returns table ("stageId" text, kind text, token integer, "position" integer) language plpgsql as $$
      #variable_conflict use_column
      begin
        update stages set state = 'ready', ready_at = clock_timestamp(), not_before = null, worker_id = null, lease_expires_at = null, lease_ms = null, progress = null
          where id = of_stage and token = of_token and state = 'running';
        if found then
          -- an input may have been taken back meanwhile, which left the running stage alone
          perform unsettle(array(select id from stages where id = of_stage and not ${inputsDone('stages')}));
          update attempts set outcome = 'released', ended_at = clock_timestamp(), log_hash = of_log where stage_id = of_stage and token = of_token;
          perform stage_events('stage.released', array[of_stage], '{}');
        end if;
        return query select j.* from jobs_of(array(
          select s.id from stages s join attempts a on a.stage_id = s.id and a.token = s.token where s.id = of_stage and s.token = of_token and a.outcome = 'released')) j;
      end $$;

      -- Ends the attempts, up to "most", whose leases have expired; outcome: { expired: how many, jobs: of the stages to be tried again }.
      create procedure expire_leases(most integer, max_attempts integer, inout outcome jsonb) language plpgsql as $$
      declare
        stage stages;
        expired text[] := '{}';
      begin
        for stage in
          -- read again once locked: a heartbeat may have come first
          select * from stages where state = 'running' and lease_expires_at < clock_timestamp() order by id limit most for no key update skip locked
        loop
          perform end_attempt(stage.id, stage.token, jsonb_build_object('outcome', 'expired', 'retryable', true, 'killed', true, 'counted', true, 'maxAttempts', max_attempts, 'backoffMs', 0,
            'error', jsonb_build_object('code', 'stage.lease_expired', 'message', format('Worker %s stopped answering while it ran the stage', stage.worker_id),
              'details', jsonb_build_object('workerId', stage.worker_id)), 'brief', format('Worker %s stopped answering', stage.worker_id)));
          expired := expired || stage.id;
        end loop;
        commit;
        perform by_key();
        perform settle_stages(expired);
        outcome := jsonb_build_object('expired', cardinality(expired), 'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(expired) j));
        commit;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop procedure expire_leases, fail_stage, complete_stages;
      drop function release_stage, end_attempt, close_leases, claim_stages;
    `);
  }
}

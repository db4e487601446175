import type { MigrationInterface, QueryRunner } from 'typeorm';
import { goesOn } from './1764000000070-pause-stop.js';
import { editFunctions, type Edit } from './edit-function.js';
import { byKey, placesOf, rowsOf } from './1764000000031-settle.js';

/** What every stage costs, beside its estimated work: in floating-point operations, about what a core does in a second. */
const overhead = '1e9';

/** The places of a stage in sweeps, but for those that somebody is deleting; held, so that nobody deletes the others from now on. */
const heldPlaces = '(select * from sweep_stages where stage_id = new.id for key share skip locked)';

const edits: readonly Edit[] = [
  { name: 'claim_stages', from: 'early text[];', to: 'early text[];\n        limited text[];' },
  // sweeps of a limited concurrency are claimed for one after another
  {
    name: 'claim_stages',
    from: `mine := array(select unnest(mine) except select unnest(early));
        end if;`,
    to: `mine := array(select unnest(mine) except select unnest(early));
        end if;
        limited := array(select distinct w.id from ${rowsOf('sweep_stages', 'stage_id', 'mine')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running' and w.concurrency is not null);
        if limited <> '{}' then
          perform from sweeps where id = any(limited) order by id for no key update;
          mine := within_limits(mine);
        end if;`,
  },
  // stages that are ready for another sweep already; whoever makes one of them ready or claims it has done so, or sees this sweep
  {
    name: 'settle_sweep',
    from: `'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(readied) j));
        commit;`,
    to: `'jobs', (select coalesce(jsonb_agg(j order by j.position), '[]') from jobs_of(readied) j));
        commit;
        set local synchronous_commit = off;
        perform by_key();
        perform from stages s where s.id = any(chunk) and s.state in ('waiting', 'ready') and (select count(*) from (select from sweep_stages ss where ss.stage_id = s.id limit 2) two) > 1 order by s.id for share;
        insert into ready_places (stage_id, sweep_id, kind, position)
        select s.id, of_sweep, s.kind, ss.position from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = of_sweep and ss.stage_id = any(chunk) and s.state = 'ready'
        for key share of ss skip locked on conflict do nothing;
        commit;`,
  },
];

/**
 * A sweep has a priority, a weight and perhaps a limit of stages that run at once, and a claim decides which stage is next: the turn goes round owners, then
 * among an owner's sweeps of the highest priority, by shares of estimated work. See docs/decisions/0010-claims-choose.md.
 */
export class FairShare1764000000071 implements MigrationInterface {
  readonly name = 'FairShare1764000000071';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table sweeps
        -- among its owner's sweeps; higher goes first
        add column priority integer not null default 0,
        -- its share, relative to those of its owner's sweeps of the same priority
        add column weight double precision not null default 1 constraint sweeps_weight check (weight > 0),
        -- stages that run at once, at most
        add column concurrency integer constraint sweeps_concurrency check (concurrency > 0);
      create index sweeps_running on sweeps (owner) where state = 'running';

      -- the places in plans of the stages that are ready
      create table ready_places (
        stage_id text not null,
        sweep_id text not null,
        kind text not null,
        position integer not null,
        -- when it was last chosen to be claimed
        chosen_at timestamptz,
        constraint ready_places_pkey primary key (stage_id, sweep_id),
        constraint ready_places_place_fkey foreign key (sweep_id, stage_id) references sweep_stages on delete cascade
      );
      create index ready_places_position on ready_places (sweep_id, kind, position);

      -- Start-time fair queueing, in units of work by weight: "served" is when, in the virtual time of all, the owner last had a turn, and "tag" when it is
      -- the owner's turn again; "clock" is the virtual time among the owner's sweeps
      create table owner_shares (
        owner text constraint owner_shares_pkey primary key,
        weight double precision not null default 1 constraint owner_shares_weight check (weight > 0),
        served double precision not null default 0,
        tag double precision not null default 0,
        clock double precision not null default 0,
        turns bigint not null default 0
      );
      create table sweep_shares (
        sweep_id text constraint sweep_shares_pkey primary key constraint sweep_shares_sweep_id_fkey references sweeps on delete cascade,
        tag double precision not null
      );

      create function place_ready() returns trigger language plpgsql ${byKey} as $$
      begin
        if new.state = 'ready' then
          insert into ready_places (stage_id, sweep_id, kind, position) select new.id, ss.sweep_id, new.kind, ss.position from ${heldPlaces} ss on conflict do nothing;
        else
          delete from ready_places where stage_id = new.id;
        end if;
        return null;
      end $$;
      create trigger stages_ready_places after update of state on stages for each row
        when (old.state is distinct from new.state and (old.state = 'ready' or new.state = 'ready')) execute function place_ready();
      insert into ready_places (stage_id, sweep_id, kind, position) select s.id, ss.sweep_id, s.kind, ss.position from stages s join sweep_stages ss on ss.stage_id = s.id where s.state = 'ready';

      create function running_stages(of_sweep text) returns integer language sql stable as $$
        select count(*)::integer from stages s where s.state = 'running' and s.lease_expires_at is not null and exists (select from sweep_stages ss where ss.sweep_id = of_sweep and ss.stage_id = s.id)
      $$;

      -- Those of the stages for which a sweep that goes on with them has room. The sweeps with limits are locked.
      create function within_limits(of_stages text[]) returns text[] language plpgsql as $$
      declare
        admitted text[] := '{}';
        stage text;
      begin
        foreach stage in array of_stages loop
          if exists (
            select from ${placesOf('stage')} ss join sweeps w on w.id = ss.sweep_id
            where ${goesOn} and (w.concurrency is null
              or w.concurrency > running_stages(w.id) + (select count(*) from unnest(admitted) a(id) join sweep_stages x on x.sweep_id = w.id and x.stage_id = a.id)))
          then admitted := admitted || stage; end if;
        end loop;
        return admitted;
      end $$;

      -- The stage whose turn it is among those of the kind of "hint", which is ready itself or not, and charges its sweep and owner; the hint if there is none. One call at a
      -- time chooses; one that does not get there soon, because somebody is stopped in the middle, takes the hint. Every fourth turn of an owner is the oldest
      -- sweep's, so that it ends however many are submitted after it.
      create function choose_stage(hint text, others text[], versions jsonb) returns text language plpgsql ${byKey} set lock_timeout = '100ms' as $$
      declare
        of_kind text := (select kind from stages where id = hint);
        now_served double precision;
        turn record;
      begin
        perform pg_advisory_xact_lock(hashtextextended('elucidate.choose', 0));
        now_served := (select coalesce(max(served), 0) from owner_shares);
        select w.id, w.owner, w.owner_start, w.sweep_start, place.stage_id, (place.work + ${overhead}) / w.weight as sweep_cost, (place.work + ${overhead}) / w.owner_weight as owner_cost into turn
        from (
          select w.id, w.owner, w.weight, w.concurrency, w.stopped_at, coalesce(o.weight, 1) as owner_weight,
            greatest(coalesce(o.tag, 0), now_served) as owner_start, greatest(coalesce(s.tag, 0), coalesce(o.clock, 0)) as sweep_start
          from sweeps w left join owner_shares o on o.owner = w.owner left join sweep_shares s on s.sweep_id = w.id
          where w.state = 'running' and w.paused_at is null
          order by owner_start, w.owner, w.priority desc, case when coalesce(o.turns, 0) % 4 = 3 then w.created_at end, sweep_start, w.created_at, w.id
          offset 0) w
        -- read in that order, as far as the first that has a stage
        cross join lateral (
          select p.stage_id, s.work
          from (select stage_id, position from ready_places where sweep_id = w.id and kind = of_kind and coalesce(chosen_at, '-infinity') < clock_timestamp() - interval '2 s' order by position limit 100) p
          join stages s on s.id = p.stage_id
          where s.state = 'ready' and coalesce(s.not_before, '-infinity') <= clock_timestamp() and p.stage_id <> all(others)
            and (versions is null or (versions->>s.kind)::integer = s.code_version)
            and (w.stopped_at is null or exists (select from kept_stages k where k.sweep_id = w.id and k.stage_id = p.stage_id))
          order by p.position limit 1) place
        where w.concurrency is null or running_stages(w.id) < w.concurrency
        limit 1;
        if not found then return hint; end if;
        insert into owner_shares as o (owner, served, tag, clock, turns) values (turn.owner, turn.owner_start, turn.owner_start + turn.owner_cost, turn.sweep_start, 1)
          -- the oldest sweep's extra turn may come before others' whose shares it must not take
          on conflict (owner) do update set served = excluded.served, tag = excluded.tag, turns = o.turns + 1,
            clock = case when o.turns % 4 = 3 then o.clock else greatest(o.clock, excluded.clock) end;
        insert into sweep_shares (sweep_id, tag) values (turn.id, turn.sweep_start + turn.sweep_cost) on conflict (sweep_id) do update set tag = excluded.tag;
        update ready_places set chosen_at = clock_timestamp() where stage_id = turn.stage_id;
        return turn.stage_id;
      exception when lock_not_available then
        return hint;
      end $$;

      -- Leases a stage for each job, which names one of its kind: that one if no other sweep runs, else the one whose turn it is. Arguments as of claim_stages;
      -- outcome: { claimed: [{ hint, stage: as claim_stages returns it, limited: whether a sweep of it has a limit }], again: the jobs for which a stage was chosen that
      -- somebody else took }. In neither are the jobs for which there is nothing to do.
      create procedure claim_jobs(hints text[], of_worker text, of_lease_ms integer, versions jsonb, inout outcome jsonb) language plpgsql as $$
      declare
        contended boolean := (select count(*) from (select from sweeps where state = 'running' limit 2) two) > 1;
        chosen text[] := '{}';
        pick text;
        hint text;
        claims jsonb;
      begin
        perform by_key();
        foreach hint in array hints loop
          pick := hint;
          if contended or not coalesce((select state = 'ready' from stages where id = hint), false) then
            set local synchronous_commit = off;
            pick := choose_stage(hint, chosen, versions);
            commit;
            perform by_key();
          end if;
          chosen := chosen || pick;
        end loop;
        select coalesce(jsonb_object_agg(c."stageId", to_jsonb(c)), '{}') into claims from claim_stages(chosen, of_worker, of_lease_ms, versions) c;
        select jsonb_build_object(
          'claimed', coalesce(jsonb_agg(jsonb_build_object('hint', g.hint, 'stage', claims->g.stage, 'limited', exists (
            select from ${placesOf('g.stage')} ss join sweeps w on w.id = ss.sweep_id where w.state = 'running' and w.concurrency is not null))) filter (where claims ? g.stage and g.first), '[]'),
          'again', coalesce(jsonb_agg(g.hint) filter (where g.stage <> g.hint and not claims ? g.stage), '[]'))
        into outcome from (
          select h.hint, h.stage, row_number() over (partition by h.stage) = 1 as first from unnest(hints, chosen) as h(hint, stage)) g;
        commit;
      end $$;

      -- Ready stages of the kinds, "most" of each at most, that have been so for min_age_ms and that a sweep goes on with; of each sweep only the first in its plan.
      create function claimable_stages(of_kinds text[], most integer, min_age_ms double precision) returns table (stage_id text, kind text) language sql stable ${byKey} as $$
        with going as materialized (
          select w.id, w.stopped_at, greatest(20, most / greatest(1, count(*) over ())) as share, case when w.concurrency is null then most else greatest(0, w.concurrency - running_stages(w.id)) end as room
          from sweeps w where w.state = 'running' and w.paused_at is null)
        select distinct ready.stage_id, k.kind
        from unnest(of_kinds) as k(kind) cross join lateral (
          select p.stage_id from going w cross join lateral (
            select r.stage_id from ready_places r join stages s on s.id = r.stage_id
            where r.sweep_id = w.id and r.kind = k.kind and s.state = 'ready' and s.ready_at <= clock_timestamp() - min_age_ms * interval '1 ms' and coalesce(s.not_before, '-infinity') <= clock_timestamp()
              and (w.stopped_at is null or exists (select from kept_stages x where x.sweep_id = w.id and x.stage_id = r.stage_id))
            order by r.position limit least(w.share, w.room)) p
          limit most) ready
      $$;

      -- Jobs for which there is room when a stage has ended that counted against a limit.
      create function jobs_within_limits(of_stage text, of_kinds text[]) returns table ("stageId" text, kind text, token integer, "position" integer) language sql stable ${byKey} as $$
        select j.* from jobs_of(array(
          select p.stage_id from ${placesOf('of_stage')} ss join sweeps w on w.id = ss.sweep_id and w.state = 'running' and w.paused_at is null and w.concurrency is not null
          cross join unnest(of_kinds) as k(kind)
          cross join lateral (select r.stage_id from ready_places r where r.sweep_id = w.id and r.kind = k.kind order by r.position limit greatest(0, w.concurrency - running_stages(w.id))) p)) j
      $$;

      -- Changes those of a sweep's priority, weight and concurrency that "settings" has, if it has this version; null: any. Returns the version that it had, null if
      -- there is no such sweep.
      create function prioritise_sweep(of_sweep text, of_principal text, settings jsonb, of_version integer) returns integer language plpgsql as $$
      declare
        had integer;
      begin
        select version into had from sweeps where id = of_sweep for no key update;
        if not found or had <> of_version then return had; end if;
        update sweeps set version = version + 1, priority = coalesce((settings->>'priority')::integer, priority), weight = coalesce((settings->>'weight')::double precision, weight),
          concurrency = case when settings ? 'concurrency' then (settings->>'concurrency')::integer else concurrency end
        where id = of_sweep;
        insert into events (sweep_id, type, data) values (of_sweep, 'sweep.prioritised', settings || jsonb_build_object('by', of_principal));
        return had;
      end $$;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop procedure claim_jobs;
      drop function prioritise_sweep, jobs_within_limits, claimable_stages, choose_stage, within_limits, running_stages;
      drop trigger stages_ready_places on stages;
      drop function place_ready;
      drop table sweep_shares, owner_shares, ready_places;
      drop index sweeps_running;
      alter table sweeps drop column concurrency, drop column weight, drop column priority;
    `);
  }
}

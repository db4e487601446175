import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An event's id no longer holds its transaction's number: after a dump was restored into another cluster those numbers said nothing, and an open
 * transaction of any database of the cluster held every reader back. Events are written without an id and numbered once they are visible.
 */
export class EventNumbers1764000000060 implements MigrationInterface {
  name = 'EventNumbers1764000000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table events drop constraint events_pkey;
      alter table events alter column id drop default, alter column id drop not null, drop column xid;
      drop function next_event_id;
      drop sequence events_sequence;

      -- the order of writing; says nothing about the order in which transactions end
      alter table events add column position bigint generated always as identity constraint events_pkey primary key;
      create unique index events_id on events (id);
      create index events_not_numbered on events (position) where id is null;

      create sequence event_ids;
      select setval('event_ids', coalesce((select max(id) from events), 0) + 1);

      -- Gives ids to at most $1 events that have none; returns how many. One caller at a time: its ids are greater than all before and visible
      -- before the next one's, so a reader that goes on from the last id it saw misses none. Who finds another at it gives none, and waits for nobody.
      create function number_events(at_most integer) returns integer language plpgsql as $$
      declare
        first_id bigint;
        numbered integer;
      begin
        if not exists (select from events where id is null) or not pg_try_advisory_xact_lock(hashtextextended('elucidate.events', 0)) then
          return 0;
        end if;
        select count(*) into numbered from (select from events where id is null limit at_most) pending;
        select last_value + 1 into first_id from event_ids;
        -- before the ids are used, so that none is given twice whatever becomes of this transaction
        perform setval('event_ids', first_id + numbered);
        update events e set id = first_id + pending.place
        from (select position, row_number() over (order by position) - 1 as place from events where id is null order by position limit numbered) pending
        where e.position = pending.position;
        get diagnostics numbered = row_count;
        return numbered;
      end $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      select number_events((select count(*)::int from events where id is null));
      drop function number_events;
      drop sequence event_ids;
      drop index events_not_numbered, events_id;
      alter table events drop column position;
      create sequence events_sequence;
      create function next_event_id() returns bigint language sql volatile
        return (pg_current_xact_id()::text::bigint << 20) | (nextval('events_sequence') & 1048575);
      alter table events alter column id set not null, alter column id set default next_event_id(),
        add constraint events_pkey primary key (id), add column xid xid8 not null default pg_current_xact_id();
    `);
  }
}

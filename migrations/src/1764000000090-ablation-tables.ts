import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of summarise(), in 1764000000051: one at a time writes summaries. */
const onlyWriter = 'pg_advisory_xact_lock(1937075565)';

/**
 * Ablation tables without reading every cell. A cell's place says, for each key on which the cells of its sweep differ, which of the key's values it has;
 * a table of two axes is then a lookup of the places that agree on all others. Which of the tables of two axes is the fullest, and has the best mean, is
 * counted when it is first asked, and from then on as estimates come and go.
 */
export class AblationTables1764000000090 implements MigrationInterface {
  readonly name = 'AblationTables1764000000090';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- every value of every key of the sweep's configurations, in the order of the grid; null also stands for a key that a cell lacks
      create table sweep_axes (
        sweep_id text not null constraint sweep_axes_sweep_id_fkey references sweeps on delete cascade,
        key text not null,
        place integer not null,
        value jsonb not null,
        -- where the key is in cell_places.place, from 1; null if all cells agree on it
        dimension integer,
        constraint sweep_axes_pkey primary key (sweep_id, key, place)
      );

      create table cell_places (
        sweep_id text not null,
        cell_id text not null,
        position integer not null,
        place integer[] not null,
        constraint cell_places_pkey primary key (sweep_id, cell_id),
        constraint cell_places_cell_fkey foreign key (sweep_id, cell_id) references cells on delete cascade
      );
      create index cell_places_place on cell_places (sweep_id, place);

      -- tables by two axes that were asked for, which are kept up to date; "axes": their dimensions, without those on which all cells agree
      create table kept_tables (
        id bigint generated always as identity constraint kept_tables_pkey primary key,
        sweep_id text not null constraint kept_tables_sweep_id_fkey references sweeps on delete cascade,
        metric text not null,
        axes integer[] not null,
        constraint kept_tables_asked unique (sweep_id, metric, axes)
      );

      -- each of these tables: the place of its cells, -1 on the axes; its first cell in the grid; its estimates with a mean, and their sum
      create table table_sums (
        table_id bigint not null constraint table_sums_table_id_fkey references kept_tables on delete cascade,
        place integer[] not null,
        position integer not null,
        entries integer not null,
        total numeric not null,
        constraint table_sums_pkey primary key (table_id, place)
      ) with (fillfactor = 80);

      create function on_axes(place integer[], axes integer[], at integer[]) returns integer[] language plpgsql immutable as $$
      begin
        for i in 1 .. cardinality(axes) loop
          place[axes[i]] := at[i];
        end loop;
        return place;
      end $$;
      create function table_place(place integer[], axes integer[]) returns integer[] language plpgsql immutable as $$
      begin
        for i in 1 .. cardinality(axes) loop
          place[axes[i]] := -1;
        end loop;
        return place;
      end $$;

      -- Gives the cells of a sweep their places when it is counted, which it is whenever its cells have changed. Tables are counted anew when next asked for.
      create function place_cells() returns trigger language plpgsql set enable_nestloop = off set jit = off as $$
      declare
        first_cell jsonb;
        other record;
        keys text[] := '{}';
      begin
        delete from kept_tables where sweep_id = new.sweep_id;
        delete from sweep_axes where sweep_id = new.sweep_id;
        delete from cell_places where sweep_id = new.sweep_id;

        select position, config into other from cells where sweep_id = new.sweep_id order by position limit 1;
        first_cell := other.config;
        -- "keys" become those on which cells differ, by way of the next cell that differs on another
        while found loop
          keys := keys || array(select key from jsonb_object_keys(first_cell || other.config) key where key <> all (keys) and first_cell -> key is distinct from other.config -> key);
          select position, config into other from cells
          where sweep_id = new.sweep_id and position >= other.position and config - keys <> first_cell - keys order by position limit 1;
        end loop;

        insert into sweep_axes (sweep_id, key, place, value) select new.sweep_id, key, 0, value from jsonb_each(first_cell - keys);
        insert into sweep_axes (sweep_id, key, place, value, dimension)
        select new.sweep_id, axis.key, row_number() over (partition by axis.key order by min(c.position)) - 1, coalesce(c.config -> axis.key, 'null') as value, axis.dimension
        from cells c cross join unnest(keys) with ordinality as axis(key, dimension) where c.sweep_id = new.sweep_id group by axis.key, axis.dimension, value;

        insert into cell_places (sweep_id, cell_id, position, place)
        select c.sweep_id, c.id, c.position, coalesce(array_agg(a.place order by a.dimension) filter (where a.place is not null), '{}')
        from cells c left join unnest(keys) axis(key) on true
        left join sweep_axes a on a.sweep_id = new.sweep_id and a.key = axis.key and a.value = coalesce(c.config -> axis.key, 'null')
        where c.sweep_id = new.sweep_id group by c.sweep_id, c.id;
        return null;
      end $$;
      create trigger sweep_sizes_counted after insert or update on sweep_sizes for each row execute function place_cells();

      -- Counts the tables of a sweep by these axes for a metric, unless they are kept already; returns their id.
      create function keep_tables(of_sweep text, of_metric text, by_axes integer[]) returns bigint language plpgsql set jit = off as $$
      declare
        kept bigint;
      begin
        perform ${onlyWriter};
        select id into kept from kept_tables where sweep_id = of_sweep and metric = of_metric and axes = by_axes;
        if found then return kept; end if;
        insert into kept_tables (sweep_id, metric, axes) values (of_sweep, of_metric, by_axes) returning id into kept;
        insert into table_sums (table_id, place, position, entries, total)
        -- summed as decimal numbers, for which their order does not matter
        select kept, table_place(p.place, by_axes), min(p.position), count(e.mean), coalesce(sum(e.mean::numeric), 0)
        from cell_places p left join cell_estimates e on e.sweep_id = p.sweep_id and e.cell_id = p.cell_id and e.metric = of_metric and e.mean is not null
        where p.sweep_id = of_sweep group by 2;
        return kept;
      end $$;

      -- Takes estimates that come or go into the kept tables.
      create function count_entries() returns trigger language plpgsql as $$
      declare
        sign integer := case tg_op when 'INSERT' then 1 else -1 end;
      begin
        update table_sums t set entries = t.entries + change.entries, total = t.total + change.total
        from (
          select k.id, table_place(p.place, k.axes) as place, sign * count(*) as entries, sign * sum(e.mean::numeric) as total
          from changed e join kept_tables k on k.sweep_id = e.sweep_id and k.metric = e.metric join cell_places p on p.sweep_id = e.sweep_id and p.cell_id = e.cell_id
          where e.mean is not null group by 1, 2) change
        where t.table_id = change.id and t.place = change.place;
        return null;
      end $$;
      create trigger cell_estimates_come after insert on cell_estimates referencing new table as changed for each statement execute function count_entries();
      create trigger cell_estimates_go after delete on cell_estimates referencing old table as changed for each statement execute function count_entries();

      insert into changed_sweeps (sweep_id) select id from sweeps;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger cell_estimates_go on cell_estimates;
      drop trigger cell_estimates_come on cell_estimates;
      drop trigger sweep_sizes_counted on sweep_sizes;
      drop function count_entries, keep_tables, place_cells, table_place, on_axes;
      drop table table_sums, kept_tables, cell_places, sweep_axes;
    `);
  }
}

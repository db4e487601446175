import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const edits: readonly Edit[] = [{
  name: 'keep_tables',
  from: `-- summed as decimal numbers, for which their order does not matter
        select kept, table_place(p.place, by_axes), min(p.position), count(e.mean), coalesce(sum(e.mean::numeric), 0)
        from cell_places p left join cell_estimates e on e.sweep_id = p.sweep_id and e.cell_id = p.cell_id and e.metric = of_metric and e.mean is not null
        where p.sweep_id = of_sweep group by 2;`,
  to: 'select kept, counted.* from count_tables(of_sweep, of_metric, by_axes) counted;',
}];

/**
 * The first picture of a large sweep waits for its tables to be counted. It is one pass over estimates and places, side by side where PostgreSQL may use
 * several processes; where its statistics are from before the results came, it looked cells up one by one.
 */
export class CountedTables1764000000430 implements MigrationInterface {
  readonly name = 'CountedTables1764000000430';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function count_tables(of_sweep text, of_metric text, by_axes integer[]) returns table (place integer[], first integer, entries integer, total numeric)
      language plpgsql set jit = off set enable_nestloop = off set enable_indexscan = off set work_mem = '32MB' as $$
      declare
        dimensions integer := (select max(dimension) from sweep_axes where sweep_id = of_sweep);
        shown text := (select string_agg(case when n = any (by_axes) then '-1' else format('p.place[%s]', n) end, ', ' order by n) from generate_series(1, dimensions) n);
      begin
        -- summed as decimal numbers, for which their order does not matter
        return query execute format('
          select array[%s]::integer[], min(p.position), count(e.mean)::integer, coalesce(sum(e.mean::numeric), 0)
          from (select cell_id, place, position from cell_places where sweep_id = $1) p
          left join (select cell_id, mean from cell_estimates where sweep_id = $1 and metric = $2 and mean is not null) e on e.cell_id = p.cell_id
          group by 1', shown) using of_sweep, of_metric;
      end $$;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('drop function count_tables');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The text of a view, in which `name`, which it reads once, is something else. */
const reading = (view: string, name: string, other: string): string => `regexp_replace(${view}, '\\m${name}\\M', ${other})`;

/**
 * The view paper_comparisons for some cells of a sweep: it compares every cell there is before it picks those of a sweep and a table. The function is made
 * of the texts of the views; a migration that changes them makes it again.
 */
export class PaperComparisonsOf1764000000151 implements MigrationInterface {
  readonly name = 'PaperComparisonsOf1764000000151';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      do $do$
      declare
        -- one by one: "offset 0" keeps the planner from reading, or computing, them all
        cells text := rtrim(${reading(`pg_get_viewdef('paper_cells')`, 'cells c', `'(select cell.* from unnest(of_cells) given(id) cross join lateral (select * from cells where sweep_id = of_sweep and id = given.id offset 0) cell) c'`)}, ';');
        figures text := 'lateral (select * from own_figures where sweep_id = p.sweep_id and cell_id = p.cell_id offset 0) o';
        compared text := rtrim(pg_get_viewdef('paper_comparisons'), ';');
      begin
        compared := ${reading(reading('compared', 'paper_cells p', `'(' || cells || ') p'`), 'own_figures o', 'figures')};
        if strpos(compared, 'unnest(of_cells)') = 0 or strpos(compared, 'lateral (select') = 0 then raise exception 'the views of papers are not as this migration expects them'; end if;
        execute 'create function paper_comparisons_of(of_sweep text, of_table text, of_cells text[]) returns setof paper_comparisons language sql stable as $of$ select * from (' || compared || ') compared where table_id = of_table $of$';
      end $do$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function paper_comparisons_of');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { loadEdition } from './load-edition.js';

/** Published tables and their figures, from migrations/papers/1: what papers report, with how each figure came about. */
export class Papers1764000000120 implements MigrationInterface {
  readonly name = 'Papers1764000000120';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table paper_tables (
        id text constraint paper_tables_pkey primary key,
        paper text not null,
        -- of the data files; a correction is another
        edition integer not null,
        position integer not null,
        citation text not null,
        url text not null,
        source text not null,
        title text not null,
        row_title text not null,
        -- the parameters of ours that tell its rows and columns apart
        axes text[] not null,
        bold_rule text not null,
        -- entries within this fraction of the best of their column are bold; null: none is
        bold_within double precision,
        notes text[] not null
      );

      -- one figure of a paper; null: not stated, or does not apply
      create table paper_figures (
        table_id text not null constraint paper_figures_table_id_fkey references paper_tables on delete cascade,
        row_place integer not null,
        column_place integer not null,
        -- of the same setting, from 0
        repeat integer not null,
        row_name text not null,
        column_name text not null,
        -- heading of the column that has our figures beside it
        here text,
        metric text not null,
        value double precision not null,
        -- as printed; null: not recorded
        bold boolean,
        dataset text,
        resolution integer,
        extractor text,
        n integer,
        protocol text not null constraint paper_figures_protocol check (protocol in ('single', 'min-of-3', 'unknown')),
        -- which images a loss is of
        split text,
        -- images seen in training
        images integer,
        nfe integer,
        -- 'as shown' or 'corrected'
        variant text,
        note text,
        -- what a cell's configuration contains that corresponds to it; null: none does
        config jsonb,
        constraint paper_figures_pkey primary key (table_id, row_place, column_place, repeat)
      );
    `);
    await loadEdition(runner, 1, '655ed21bbb90069c3eb77af32a8aff103e978501152cf2bf727beae0575a7b5e');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table paper_figures, paper_tables;');
  }
}

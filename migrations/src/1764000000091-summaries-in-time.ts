import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Of summarise(), in 1764000000051: one at a time writes summaries. */
const onlyWriter = 'pg_advisory_xact_lock(1937075565)';

/** Changes a part of estimate_cells, and leaves the rest as it was made. */
const inEstimates = (from: string, to: string): string => `
      do $do$
      declare
        made text := pg_get_functiondef('estimate_cells'::regproc);
      begin
        if strpos(made, $from$${from}$from$) = 0 then raise exception 'estimate_cells is not as this migration expects it'; end if;
        execute replace(made, $from$${from}$from$, $to$${to}$to$);
      end $do$;`;

const [joined, cellByCell] = ['cell_id = given.cell_id) s', 'cell_id = given.cell_id offset 0) s'];

/** A reader waits neither for the scores of all sweeps to be computed again, nor for a large sweep to be summarised on somebody else's behalf. */
export class SummariesInTime1764000000091 implements MigrationInterface {
  readonly name = 'SummariesInTime1764000000091';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- the planner computed the view for all cells there are, and picked the given ones; "offset 0" keeps it from that
      ${inEstimates(joined, cellByCell)}

      -- As summarise(), but null, and nothing done, if another is at it for longer than "patience", ms.
      create function summarise_within(most integer, patience integer) returns integer language plpgsql as $$
      declare
        usual text := current_setting('lock_timeout');
      begin
        begin
          perform set_config('lock_timeout', patience::text, true);
          perform ${onlyWriter};
        exception when lock_not_available then
          return null;
        end;
        perform set_config('lock_timeout', usual, true);
        return summarise(most);
      end $$;

      -- what a back-up has of a JSON null
      alter table sweep_axes alter column value drop not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update sweep_axes set value = 'null' where value is null;
      alter table sweep_axes alter column value set not null;
      drop function summarise_within;
      ${inEstimates(cellByCell, joined)}
    `);
  }
}

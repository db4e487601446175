import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';
import { byKey, placesOf } from './1764000000031-settle.js';

const edits: readonly Edit[] = [
  // the sweep is not deleted from now on; completions, which change its row, are not held up
  { name: 'make_edit', from: 'select * into sweep from sweeps where id = of_sweep;', to: 'select * into sweep from sweeps where id = of_sweep for key share;' },
  // a place that an edit is about to take away may stay after all
  {
    name: 'place_ready',
    from: `on conflict do nothing;
        else`,
    to: `on conflict do nothing;
          if exists (
            select from ${placesOf('new.id')} ss where not exists (select from ready_places p where p.stage_id = new.id and p.sweep_id = ss.sweep_id))
          then perform unsettle(array[new.id]); end if;
        else`,
  },
  { name: 'settle_stages', from: 'perform watch_sweeps_of(ended);', to: `perform watch_sweeps_of(ended);
        if undone is not null then perform place_stages(undone); end if;` },
  // a stage that is claimed meanwhile keeps no place
  {
    name: 'settle_sweep',
    from: `insert into ready_places (stage_id, sweep_id, kind, position)
        select s.id, of_sweep, s.kind, ss.position from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = of_sweep and ss.stage_id = any(chunk) and s.state = 'ready'
        for key share of ss skip locked on conflict do nothing;`,
    to: 'perform place_stages(chunk);',
  },
];

/** A stage that becomes ready while an edit takes its place in a sweep away has the place if the edit fails in the end; a sweep that is edited is not deleted. */
export class EditsUnderWay1764000000130 implements MigrationInterface {
  readonly name = 'EditsUnderWay1764000000130';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Those of the stages that are ready and lack a row for one of their places.
      create function unplaced(of_stages text[]) returns text[] language sql stable ${byKey} set plan_cache_mode = force_generic_plan as $$
        select array(
          select s.id from stages s where s.id = any(of_stages) and s.state = 'ready' and exists (
            select from ${placesOf('s.id')} ss
            where not exists (select from ready_places p where p.stage_id = s.id and p.sweep_id = ss.sweep_id))
          order by s.id)
      $$;

      -- Gives those of the stages that are ready the places that they lack. If somebody is still deleting one, they stay unsettled.
      create function place_stages(of_stages text[]) returns void language plpgsql ${byKey} set plan_cache_mode = force_generic_plan as $$
      declare
        these text[] := unplaced(of_stages);
      begin
        if these = '{}' then return; end if;
        these := array(select id from stages where id = any(these) and state = 'ready' order by id for share);
        insert into ready_places (stage_id, sweep_id, kind, position)
          select s.id, ss.sweep_id, s.kind, ss.position from stages s cross join lateral (select * from sweep_stages where stage_id = s.id for key share skip locked) ss
          where s.id = any(these) on conflict do nothing;
        perform unsettle(unplaced(these));
      end $$;
    `);
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('drop function place_stages, unplaced');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

/** Whether a sweep was there when an attempt began; of a running one the end is still to come. */
const coversStart = (sweep: string): string => `(${sweep}.created_at <= a.started_at and coalesce(${sweep}.ended_at, 'infinity') >= a.started_at)`;

const seconds = 'extract(epoch from greatest(a.ended_at - a.started_at, interval \'0\'))';

const edits: readonly Edit[] = [
  { name: 'summarise_sweep', from: 'delete from cell_estimates where sweep_id = of_sweep;', to: 'perform cost_sweep(of_sweep);\n        delete from cell_estimates where sweep_id = of_sweep;' },
  { name: 'summarise', from: 'select array_agg(sweep_id), array_agg(cell_id) into of_sweeps, of_cells from (', to: 'perform cost_stages(stages_noted);\n        select array_agg(sweep_id), array_agg(cell_id) into of_sweeps, of_cells from (' },
];

/** What sweeps cost so far and what sharing saved them, kept as stages end, so that a list of sweeps need not count it. */
export class SweepCosts1764000000350 implements MigrationInterface {
  readonly name = 'SweepCosts1764000000350';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The attempts on the ledger of each sweep: at stages that it has and that were not done before. Of several sweeps that need a stage, an attempt is on the
      -- ledger of the one that was submitted first, of those that were under way when it began, if any was.
      create view sweep_attempts as
      select mine.id as sweep_id, a.stage_id, a.token, a.worker_id, a.started_at, a.ended_at, a.outcome, a.error
      from sweeps mine
      join sweep_stages ss on ss.sweep_id = mine.id and not ss.reused
      join attempts a on a.stage_id = ss.stage_id
      where not exists (
        select from sweep_stages theirs join sweeps other on other.id = theirs.sweep_id
        where theirs.stage_id = ss.stage_id and theirs.sweep_id <> mine.id and not theirs.reused
          and (not ${coversStart('other')}, other.created_at, other.id) < (not ${coversStart('mine')}, mine.created_at, mine.id));

      -- what sweep_sizes has of it: seconds of its attempts that have ended, and that its trials need not take because they share it
      alter table sweep_stages add column spent double precision not null default 0, add column saved double precision not null default 0;
      alter table sweep_sizes add column spent double precision not null default 0, add column saved double precision not null default 0;

      -- a sweep's cells get their places when they have been counted, not whenever its costs change
      drop trigger sweep_sizes_counted on sweep_sizes;
      create trigger sweep_sizes_counted after insert or update of cells on sweep_sizes for each row execute function place_cells();

      -- an attempt that led to nothing may leave its stage ready as it was; one that is done changes it
      create function note_attempt() returns trigger language plpgsql as $$
      begin
        insert into changed_stages (stage_id) values (new.stage_id);
        return null;
      end $$;
      create trigger attempts_ended after update of outcome on attempts for each row
        when (old.outcome is null and new.outcome is not null and new.outcome <> 'done') execute function note_attempt();

      -- what a sweep spent that is deleted, or edited, is from then on on the ledgers of others that need the stages
      create function note_left() returns trigger language plpgsql as $$
      begin
        insert into changed_stages (stage_id)
        select distinct gone.stage_id from gone join sweep_stages ss on ss.stage_id = gone.stage_id where gone.spent > 0 and not ss.reused;
        return null;
      end $$;
      create trigger sweep_stages_left after delete on sweep_stages referencing old table as gone for each statement execute function note_left();

      -- a sweep that goes on after its end was, from then on, under way when attempts began since; these may have been on the ledgers of others
      create function note_reopened() returns trigger language plpgsql as $$
      begin
        insert into changed_stages (stage_id)
        select distinct ss.stage_id from sweep_stages ss join attempts a on a.stage_id = ss.stage_id where ss.sweep_id = new.id and not ss.reused and a.started_at > old.ended_at;
        return null;
      end $$;
      create trigger sweeps_reopened after update of ended_at on sweeps for each row when (old.ended_at is not null and new.ended_at is null) execute function note_reopened();

      create function cost_stages(of_stages text[]) returns void language sql as $$
        with had as (
          select ss.sweep_id, ss.stage_id, ss.spent, ss.saved from (select distinct unnest(of_stages) as id) given join sweep_stages ss on ss.stage_id = given.id),
        has as (
          select h.sweep_id, h.stage_id, h.spent as spent_before, h.saved as saved_before,
            coalesce((select sum(${seconds}) from sweep_attempts a where a.sweep_id = h.sweep_id and a.stage_id = h.stage_id and a.ended_at is not null), 0) as spent,
            coalesce((select ${seconds} * greatest(0, (select count(*) from trial_stages ts join trials t on t.id = ts.trial_id and t.sweep_id = h.sweep_id where ts.stage_id = h.stage_id) - 1)
              from stages s join attempts a on a.stage_id = s.id and a.token = s.token and a.outcome = 'done' where s.id = h.stage_id and s.state = 'done'), 0) as saved
          from had h),
        kept as (
          update sweep_stages ss set spent = has.spent, saved = has.saved from has
          where ss.sweep_id = has.sweep_id and ss.stage_id = has.stage_id and (ss.spent, ss.saved) is distinct from (has.spent, has.saved)),
        change as (select sweep_id, sum(spent - spent_before) as spent, sum(saved - saved_before) as saved from has group by 1)
        -- a sweep whose own note is not taken yet has no sizes: its costs will be added up then
        update sweep_sizes z set spent = z.spent + change.spent, saved = z.saved + change.saved from change
        where z.sweep_id = change.sweep_id and (change.spent <> 0 or change.saved <> 0)
      $$;

      -- The same of all stages of a sweep. Of one that was just submitted the planner expects a few stages, and would join them row by row.
      create function cost_sweep(of_sweep text) returns void language plpgsql set enable_nestloop = off set jit = off as $$
      begin
        with spent as (select stage_id, sum(${seconds}) as seconds from sweep_attempts a where sweep_id = of_sweep and ended_at is not null group by 1),
        uses as (select ts.stage_id, count(*) as trials from trials t join trial_stages ts on ts.trial_id = t.id where t.sweep_id = of_sweep group by 1),
        saved as (
          select uses.stage_id, (uses.trials - 1) * ${seconds} as seconds
          from uses join stages s on s.id = uses.stage_id and s.state = 'done' join attempts a on a.stage_id = s.id and a.token = s.token and a.outcome = 'done')
        update sweep_stages ss set spent = now.spent, saved = now.saved
        from (select own.stage_id, coalesce(spent.seconds, 0) as spent, coalesce(saved.seconds, 0) as saved
          from sweep_stages own left join spent using (stage_id) left join saved using (stage_id) where own.sweep_id = of_sweep) now
        where ss.sweep_id = of_sweep and ss.stage_id = now.stage_id and (ss.spent, ss.saved) is distinct from (now.spent, now.saved);
        update sweep_sizes z set (spent, saved) = (select coalesce(sum(ss.spent), 0), coalesce(sum(ss.saved), 0) from sweep_stages ss where ss.sweep_id = of_sweep) where z.sweep_id = of_sweep;
      end $$;
    `);
    await editFunctions(runner, edits);
    await runner.query('insert into changed_sweeps (sweep_id) select id from sweeps');
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(`
      drop trigger sweeps_reopened on sweeps;
      drop trigger sweep_stages_left on sweep_stages;
      drop trigger attempts_ended on attempts;
      drop function cost_sweep, cost_stages, note_reopened, note_left, note_attempt;
      drop view sweep_attempts;
      drop trigger sweep_sizes_counted on sweep_sizes;
      create trigger sweep_sizes_counted after insert or update on sweep_sizes for each row execute function place_cells();
      alter table sweep_sizes drop column spent, drop column saved;
      alter table sweep_stages drop column spent, drop column saved;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which programs a sweep names, wherever in it. A foreign key decides between a submission that names a program and a removal of that program at the same moment: one of them fails. */
export class SweepPrograms1764000000310 implements MigrationInterface {
  readonly name = 'SweepPrograms1764000000310';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sweep_programs (
        sweep_id text not null constraint sweep_programs_sweep_id_fkey references sweeps on delete cascade,
        contents text not null constraint sweep_programs_contents_fkey references programs,
        constraint sweep_programs_pkey primary key (sweep_id, contents)
      );
      create index sweep_programs_contents on sweep_programs (contents);

      create function programs_of(spec jsonb) returns setof text language sql immutable as $$
        select distinct found #>> '{}' from jsonb_path_query(spec, '$.** ? (@.kind == "program").contents ? (@.type() == "string")') found;
      $$;

      create function note_programs() returns trigger language plpgsql as $$
      begin
        delete from sweep_programs p where p.sweep_id = new.id and p.contents not in (select programs_of(new.spec));
        insert into sweep_programs (sweep_id, contents) select new.id, named from programs_of(new.spec) named order by named on conflict do nothing;
        return null;
      end $$;

      -- a sweep of before the check may name a program that was removed: it goes on
      insert into sweep_programs (sweep_id, contents)
      select w.id, p.contents from sweeps w cross join lateral programs_of(w.spec) named join programs p on p.contents = named where w.spec::text like '%"program"%';

      create trigger note_programs_of_new after insert on sweeps for each row when (new.spec::text like '%"program"%') execute function note_programs();
      create trigger note_programs_of_edited after update of spec on sweeps for each row when (new.spec is distinct from old.spec and (new.spec::text like '%"program"%' or old.spec::text like '%"program"%')) execute function note_programs();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger note_programs_of_edited on sweeps;
      drop trigger note_programs_of_new on sweeps;
      drop function note_programs();
      drop function programs_of(jsonb);
      drop table sweep_programs;
    `);
  }
}

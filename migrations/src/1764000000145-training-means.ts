import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

/** A machine whose clock was set back since the last pass has woken. */
const edits: readonly Edit[] = [
  {
    name: 'pass',
    from: `when p.last_at < now_at - asleep * interval '1 ms' then now_at else least(p.woke_at, now_at) end`,
    to: `when p.last_at < now_at - asleep * interval '1 ms' or p.woke_at > now_at then now_at else p.woke_at end`,
  },
];

/** Makes the views that hold a column again with another name for it. */
const renamed = (from: string, to: string): string => `
      do $do$
      declare
        names text[] := '{own_figures,paper_comparisons,published_beside,ablation_noise_schedule,ablation_input_scale,leaderboard,ablation_edm_ladder,lesson_ladder,ablation_sampler_steps}';
        texts text[] := (select array_agg(pg_get_viewdef(name::regclass) order by place) from unnest(names) with ordinality given(name, place));
      begin
        if not exists (select from pg_attribute where attrelid = 'own_figures'::regclass and attname = '${from}') then
          -- it has the name already: only the text, as PostgreSQL writes a view that it made from what it wrote
          execute 'create or replace view own_figures as ' || texts[1];
          return;
        end if;
        drop view own_figures cascade;
        for place in 1 .. array_length(names, 1) loop
          execute format('create view %I as ', names[place]) || regexp_replace(texts[place], '\\m${from}\\M', '${to}', 'g');
        end loop;
      end $do$;
`;

/** The means of training runs have that name in the views of papers, in databases that were made before and after. */
export class TrainingMeans1764000000145 implements MigrationInterface {
  readonly name = 'TrainingMeans1764000000145';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(renamed('trainings', 'training_means'));
    await editFunctions(runner, edits, { unlessMade: true });
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query(renamed('training_means', 'trainings'));
  }
}

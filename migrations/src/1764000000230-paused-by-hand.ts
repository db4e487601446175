import type { MigrationInterface, QueryRunner } from 'typeorm';
import { editFunctions, type Edit } from './edit-function.js';

const pausedSince = (from: string, to: string): string => `update sweeps set paused_at = ${to} where id = of_sweep and sweep_state = 'running' and paused_at is ${from};
        if found then`;

const edits: readonly Edit[] = [
  { name: 'hold_to_budget', from: 'was_held boolean;', to: 'was_held boolean;\n        by_hand boolean;' },
  { name: 'pause_sweep', from: 'sweep_state text;', to: 'sweep_state text;\n        held_too boolean;' },
  {
    name: 'pause_sweep',
    from: pausedSince('null', 'clock_timestamp()'),
    to: `update budgets set paused_by_hand = true where sweep_id = of_sweep and sweep_state = 'running' and held and not paused_by_hand;
        held_too := found;
        update sweeps set paused_at = clock_timestamp() where id = of_sweep and sweep_state = 'running' and paused_at is null;
        if found or held_too then`,
  },
  {
    name: 'resume_sweep',
    from: pausedSince('not null', 'null'),
    to: `update budgets set paused_by_hand = false where sweep_id = of_sweep and paused_by_hand;
        ${pausedSince('not null', 'null')}`,
  },
  {
    name: 'hold_to_budget',
    from: 'held = excluded.held;',
    to: 'held = excluded.held,\n            paused_by_hand = budgets.paused_by_hand and excluded.held and sweep.paused_at is not null;',
  },
  {
    name: 'hold_to_budget',
    from: 'was_held := coalesce((select held from budgets where sweep_id = of_sweep), false);',
    to: `was_held := coalesce((select held from budgets where sweep_id = of_sweep), false);
        by_hand := coalesce((select paused_by_hand from budgets where sweep_id = of_sweep), false);`,
  },
  { name: 'budgets_due', from: 'order by b.checked_at nulls first limit most', to: 'order by random() limit most' },
  { name: 'hold_to_budget', from: 'if was_held and not used_up and sweep.paused_at is not null then', to: 'if was_held and not by_hand and not used_up and sweep.paused_at is not null then' },
];

/**
 * A sweep whose budget is used up, and which somebody pauses too, stays paused when it has budget again. And one sweep that cannot be settled, or of which
 * nobody can tell what it has spent, keeps no other from its turn: of those that are due, some are taken, not always the same.
 */
export class PausedByHand1764000000230 implements MigrationInterface {
  readonly name = 'PausedByHand1764000000230';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table budgets add column paused_by_hand boolean not null default false');
    await editFunctions(runner, edits);
  }

  async down(runner: QueryRunner): Promise<void> {
    await editFunctions(runner, edits, { undo: true });
    await runner.query('alter table budgets drop column paused_by_hand');
  }
}

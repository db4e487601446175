import type { PlannedStage } from '@elucidate/experiment/stages';
import { rows, type Sql } from './sql.js';

/** Ids of the plan's stages that are done already; nothing is written. */
export async function dryRun(sql: Sql, plan: { stages: readonly PlannedStage[] }): Promise<ReadonlySet<string>> {
  const done = await rows<{ id: string }>(sql, `select id from stages where id = any($1) and state = 'done'`, [plan.stages.map(({ id }) => id)]);
  return new Set(done.map(({ id }) => id));
}

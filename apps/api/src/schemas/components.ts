import { z } from 'zod';
import { healthSchema, readinessSchema } from './health.js';
import { planSchema } from './plan.js';
import { problemSchema } from './problem.js';
import { ablationTableSchema, estimateSchema, gridListSchema, leaderboardGroupSchema, leaderboardRowSchema, leaderboardSchema } from './results.js';
import { stageListSchema, stageSchema, stageSummarySchema } from './stages.js';
import { sweepListSchema, sweepSchema, sweepSummarySchema } from './sweeps.js';
import { without } from './without.js';
import { workerListSchema, workerSchema } from './workers.js';

/** Every schema an answer is told by, under its name in the OpenAPI document. */
export const components = {
  Problem: problemSchema,
  Estimate: estimateSchema,
  LeaderboardRow: leaderboardRowSchema,
  LeaderboardGroup: leaderboardGroupSchema,
  Leaderboard: leaderboardSchema,
  AblationTable: ablationTableSchema,
  GridList: gridListSchema,
  SweepSummary: sweepSummarySchema,
  Sweep: sweepSchema,
  SweepList: sweepListSchema,
  Plan: planSchema,
  StageSummary: stageSummarySchema,
  Stage: stageSchema,
  StageList: stageListSchema,
  Worker: workerSchema,
  WorkerList: workerListSchema,
  Health: healthSchema,
  Readiness: readinessSchema,
} as const satisfies Record<string, z.ZodType>;
export type ComponentName = keyof typeof components;

/** The components as JSON Schema, draft 2020-12, referring to each other; readers must put up with members yet to come. */
export function componentSchemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { target: 'draft-2020-12', io: 'output', uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, allowMore(without(schema, '$schema', '$id'))]));
}

const allowMore = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(allowMore);
  if (schema === null || typeof schema !== 'object') return schema;
  const kept = Object.entries(schema).filter(([key, value]) => !(key === 'additionalProperties' && value === false));
  return Object.fromEntries(kept.map(([key, value]) => [key, allowMore(value)]));
};

import type { Fact } from './stage-kinds/definition.js';
import { trialRoles, type Role } from './stages.js';

/**
 * The facts that decide a role's stage: all trials that share the stage agree on them. Those among its own params, and those of the stages it reads, except
 * of ones that not every trial needs.
 */
export function decidingFacts(role: Role): ReadonlySet<Fact> {
  const { uses, inputs } = trialRoles[role];
  const read = (Object.values(inputs) as Role[]).filter((maker) => trialRoles[maker].when === undefined);
  return new Set([...Object.values(uses), ...read.flatMap((maker) => [...decidingFacts(maker)])]);
}

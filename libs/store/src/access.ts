import { scopes, type Principal, type Scope } from './principal.js';

/**
 * The one place that decides who may see what. A sweep, and what is reached through it (events, stages, logs, artifacts, results),
 * is seen and steered by its owner and by admins. Stages are shared: the owner of any sweep that has a stage sees it.
 * What concerns the whole installation (workers, their events) is seen by everyone who may read.
 */

/** Whether a principal's scope includes this one. */
export const may = ({ scope }: Principal, needed: Scope): boolean => scopes.indexOf(scope) >= scopes.indexOf(needed);

/** The only owner whose sweeps a principal sees; null: it sees everybody's. Queries compare it with `sweeps.owner`. */
export const visibleOwner = (principal: Principal): string | null => (may(principal, 'admin') ? null : principal.id);

/** Whether a principal sees what an owner's sweep has; an owner of null is the whole installation. */
export const sees = (principal: Principal, owner: string | null): boolean => owner === null || [null, owner].includes(visibleOwner(principal));

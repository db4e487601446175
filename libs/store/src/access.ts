import { scopes, type Principal, type Scope } from './principal.js';

/**
 * The one place that decides who may see what. A sweep, and what is reached through it (events, stages, logs, artifacts, results),
 * is seen and steered by its owner and by admins. Stages are shared: the owner of any sweep that has a stage sees it.
 * What concerns the whole installation (workers, their events) is seen by everyone who may read.
 */

/** Whether a principal's scope includes this one. */
export const may = ({ scope }: Principal, needed: Scope): boolean => scopes.indexOf(scope) >= scopes.indexOf(needed);

/** Whether a principal may have workers run programs: code that may do there whatever the worker's user may. */
export const mayRunPrograms = (principal: Principal): boolean => may(principal, 'programs') && principal.programs !== false;

/** The only owner whose sweeps a principal sees; null: it sees everybody's. Queries compare it with `sweeps.owner`. */
export const visibleOwner = (principal: Principal): string | null => (may(principal, 'admin') ? null : principal.id);

/** Whether a principal sees what an owner's sweep has; an owner of null is the whole installation. */
export const sees = (principal: Principal, owner: string | null): boolean => owner === null || [null, owner].includes(visibleOwner(principal));

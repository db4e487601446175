import { rows, type Queryable } from '../queryable.js';

/** Notes that one call takes: about a tenth of a second of work, which a reader may wait for. */
export const notesAtOnce = 2000;

/**
 * Brings what is kept of sweeps (stages by state, scores by cell) up to date with what was committed before, as far as `notesAtOnce` changes go.
 * Every query of them calls it first, so that a reader sees what it has written; while nothing has changed it is one cheap query. Returns whether there may be more to do.
 */
export async function summarise(db: Queryable): Promise<boolean> {
  const [noted] = await rows<{ any: boolean }>(db, 'select exists (select from changed_sweeps) or exists (select from changed_stages) as any');
  if (!noted!.any) return false;
  const [taken] = await rows<{ notes: number }>(db, 'select summarise($1) as notes', [notesAtOnce]);
  return taken!.notes >= notesAtOnce;
}

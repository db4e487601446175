import { rows, type Queryable } from '../queryable.js';

/** Notes that one call takes: few hundredths of a second of work, which a reader may wait for. */
export const notesAtOnce = 500;

/** How long a call waits for another process that is at it, ms, before it goes by what was there before. */
const patienceMs = 100;

/**
 * Brings what is kept of sweeps (stages by state, scores by cell) up to date with what was committed before, as far as `notesAtOnce` changes go.
 * Every query of them calls it first, so that a reader sees what it has written; while nothing has changed it is one cheap query. While somebody else takes
 * longer over it, for a large new sweep, a reader sees what was there before; only of the new sweep itself, `sweepId`, it waits to see anything.
 * Returns whether there may be more to do.
 */
export async function summarise(db: Queryable, sweepId?: string): Promise<boolean> {
  const [noted] = await rows<{ any: boolean; new: boolean }>(db, `
    select exists (select from changed_sweeps) or exists (select from changed_stages) as any,
      exists (select from changed_sweeps where sweep_id = $1) as new`, [sweepId ?? null]);
  if (!noted!.any) return false;
  const [taken] = noted!.new
    ? await rows<{ notes: number | null }>(db, 'select summarise($1) as notes', [notesAtOnce])
    : await rows<{ notes: number | null }>(db, 'select summarise_within($1, $2) as notes', [notesAtOnce, patienceMs]);
  return (taken!.notes ?? 0) >= notesAtOnce;
}

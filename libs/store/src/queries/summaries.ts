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
  if (!noted!.new) return ((await takenInTime(db)) ?? 0) >= notesAtOnce;
  const [taken] = await rows<{ notes: number }>(db, 'select summarise($1) as notes', [notesAtOnce]);
  return taken!.notes >= notesAtOnce;
}

/** As `summarise`, but waits for somebody who is at it: for what has ended, of which there is nothing newer to wait for. */
export async function summarisePatiently(db: Queryable): Promise<void> {
  while ((await rows<{ notes: number }>(db, 'select summarise($1) as notes', [notesAtOnce]))[0]!.notes >= notesAtOnce);
}

/**
 * Brings what is kept of all sweeps up to date with everything that was committed before, for a decision that must not be made by less. False, and it may
 * not be, if somebody else is at it for longer than a call waits.
 */
export async function summariseAll(db: Queryable): Promise<boolean> {
  for (;;) {
    const notes = await takenInTime(db);
    if (notes === null) return false;
    if (notes < notesAtOnce) return true;
  }
}

/** How many notes one call took; null: somebody else is at it. */
async function takenInTime(db: Queryable): Promise<number | null> {
  const [taken] = await rows<{ notes: number | null }>(db, 'select summarise_within($1, $2) as notes', [notesAtOnce, patienceMs]);
  return taken!.notes;
}

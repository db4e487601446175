import { secondsSpent } from '@elucidate/store/queries/ledger';
import type { Store } from '@elucidate/store/store';
import { transition } from './sql.js';

/** What became of a sweep by its budget: paused, let go on again, or neither. */
export type Held = 'held' | 'freed' | null;

/**
 * Counts what a sweep has spent and holds it to its budget: one that has used it up is paused, which lets running stages end, and one that was paused for that and
 * has budget again goes on. The decision is one transaction of the database, and the same whichever process makes it and however often.
 */
export async function holdToBudget({ db }: Pick<Store, 'db'>, sweepId: string): Promise<Held> {
  const began = performance.now();
  const spent = await secondsSpent(db, sweepId);
  const [answer] = await transition<{ held: Held }>(db, 'select hold_to_budget($1, $2, $3) as held', [sweepId, spent, performance.now() - began]);
  return answer?.held ?? null;
}

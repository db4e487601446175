import { ElucidateError } from '@elucidate/experiment/errors';
import type { Store } from '@elucidate/store/store';
import { transition } from './sql.js';
import { sweepChanged } from './sweep-changed.js';

export interface Deleted {
  /** Stages that went with it; others are used by another sweep. */
  stages: number;
}

interface Answer {
  state: string;
  version: number;
  stages: number | null;
}

/**
 * Deletes a sweep that has ended, with its cells, trials and events, and the stages that no other sweep has, and leaves the event 'sweep.deleted'. Files stay
 * until `prune`. Waits up to half a minute for submissions that share its stages. `version`: delete only if that is still its version.
 * Throws 'not_found', 'request.conflict' if it runs, 'sweep.changed'.
 */
export async function deleteSweep({ db }: Pick<Store, 'db'>, sweepId: string, version?: number): Promise<Deleted> {
  const [found] = await transition<{ answer: Answer | null }>(db, `
    with answered as materialized (select name, owner, delete_sweep(id, $2) as answer from sweeps where id = $1),
    announced as (insert into events (type, data) select 'sweep.deleted', jsonb_build_object('sweepId', $1::text, 'name', name, 'owner', owner) from answered where answer ->> 'stages' is not null)
    select answer from answered`, [sweepId, version ?? null]);
  if (found?.answer == null) throw new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweepId)}; \`elucidate status\` lists all sweeps`);
  const { state, version: current, stages } = found.answer;
  if (version !== undefined && current !== version) throw sweepChanged(sweepId, { seen: version, current });
  if (stages === null) throw new ElucidateError('request.conflict', `Sweep ${sweepId} is ${state}; cancel it first`);
  return { stages };
}

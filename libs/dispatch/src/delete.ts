import { ElucidateError } from '@elucidate/experiment/errors';
import type { Store } from '@elucidate/store/store';
import { rows, run } from './sql.js';

export interface Deleted {
  /** Stages that went with it; others are used by another sweep. */
  stages: number;
}

/**
 * Deletes a sweep that has ended, with its cells, trials and events, and the stages that no other sweep has. Their files stay until `prune`. Foreign keys
 * see to it that nothing goes that is still referred to. Throws 'not_found', 'request.conflict' if it runs.
 */
export const deleteSweep = ({ db }: Pick<Store, 'db'>, sweepId: string): Promise<Deleted> =>
  db.transaction(async (tx) => {
    const [sweep] = await rows<{ state: string }>(tx, 'select state from sweeps where id = $1 for update', [sweepId]);
    if (sweep === undefined) throw new ElucidateError('not_found', `There is no sweep ${JSON.stringify(sweepId)}; \`elucidate status\` lists all sweeps`);
    if (sweep.state === 'running') throw new ElucidateError('request.conflict', `Sweep ${sweepId} is running; cancel it first`);
    const had = (await rows<{ id: string }>(tx, 'select stage_id as id from sweep_stages where sweep_id = $1', [sweepId])).map(({ id }) => id);
    await run(tx, 'delete from sweeps where id = $1', [sweepId]);
    // locked before they are looked at: a sweep being submitted that has one of them is then either seen or waits
    await rows(tx, 'select id from stages where id = any($1) order by id for update', [had]);
    const gone = (await rows<{ id: string }>(tx, `
      with recursive kept(id) as (
        select s.id from stages s where s.id = any($1) and (s.state = 'running' or exists (select from sweep_stages ss where ss.stage_id = s.id)
          or exists (select from stage_inputs i where i.input_id = s.id and i.stage_id <> all($1)))
        union select i.input_id from kept k join stage_inputs i on i.stage_id = k.id)
      select id from unnest($1::text[]) id where id not in (select id from kept)`, [had])).map(({ id }) => id);
    await run(tx, 'delete from stage_inputs where stage_id = any($1)', [gone]);
    await run(tx, 'delete from stages where id = any($1)', [gone]);
    return { stages: gone.length };
  });

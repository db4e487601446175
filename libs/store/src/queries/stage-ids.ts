import { ElucidateError } from '@elucidate/experiment/errors';
import { rows, type Queryable } from '../queryable.js';

/** The ids of a sweep's stages that begin with each of these. Throws 'not_found' for one that no stage of the sweep begins with, 'request.invalid' where several do. */
export async function stageIdsOf(db: Queryable, sweepId: string, starts: readonly string[]): Promise<string[]> {
  const found = await rows<{ start: string; ids: string[] }>(db, `
    select start, array(
      select s.id from stages s where s.id >= start and s.id < start || 'g' and exists (select from sweep_stages ss where ss.sweep_id = $1 and ss.stage_id = s.id) order by s.id limit 2) as ids
    from unnest($2::text[]) as given(start)`, [sweepId, starts]);
  return found.map(({ start, ids: [id, other] }) => {
    if (id === undefined) throw new ElucidateError('not_found', `Sweep ${sweepId} has no stage ${start}`);
    if (other !== undefined) throw new ElucidateError('request.invalid', `Several stages begin with ${start}; give more of the id`);
    return id;
  });
}

import { ElucidateError } from '@elucidate/experiment/errors';
import { rows, type Queryable } from '../queryable.js';

/** The configurations of a sweep whose ids begin with each of these. Throws 'not_found' for one that no cell of the sweep begins with, 'request.invalid' where several do. */
export async function configsCalled(db: Queryable, sweepId: string, starts: readonly string[]): Promise<Record<string, unknown>[]> {
  const found = await rows<{ start: string; configs: Record<string, unknown>[] }>(db, `
    select start, array(select c.config from cells c where c.sweep_id = $1 and c.id >= start and c.id < start || 'g' order by c.id limit 2) as configs
    from unnest($2::text[]) with ordinality as given(start, place) order by place`, [sweepId, starts]);
  return found.map(({ start, configs: [config, other] }) => {
    if (config === undefined) throw new ElucidateError('not_found', `Sweep ${sweepId} has no configuration ${start}; \`elucidate trials ${sweepId}\` lists them`);
    if (other !== undefined) throw new ElucidateError('request.invalid', `Several configurations begin with ${start}; give more of the id`);
    return config;
  });
}

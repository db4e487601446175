import type { PlannedStage, StageState } from '@elucidate/experiment/stages';
import type { Store } from '@elucidate/store/store';
import { rows, type Sql } from './sql.js';

interface Known {
  id: string;
  state: StageState;
  /** Hashes of its outputs. */
  hashes: string[];
}

/** What it needs to know of a stage. */
type Link = Pick<PlannedStage, 'id' | 'inputs'>;

/** The stages of a sweep, in the order of its plan. */
export const linksOf = (tx: Sql, sweepId: string): Promise<Link[]> =>
  rows<Link>(tx, `
    select ss.stage_id as id, (select coalesce(jsonb_object_agg(i.name, i.input_id), '{}') from stage_inputs i where i.stage_id = ss.stage_id) as inputs
    from sweep_stages ss where ss.sweep_id = $1 order by ss.position`, [sweepId]);

/** The stages of a plan, in its order, that must begin anew: those given up or cancelled, and done ones whose files are gone though a stage still to run reads them. */
export async function stagesToRevive(store: Store, tx: Sql, stages: readonly Link[]): Promise<string[]> {
  const known = new Map((await rows<Known>(tx, `
    select s.id, s.state, array_remove(array_agg(o.hash), null) as hashes
    from stages s left join stage_outputs o on o.stage_id = s.id where s.id = any($1) group by s.id`, [stages.map(({ id }) => id)])).map((stage) => [stage.id, stage]));
  const givenUp = new Set([...known.values()].filter(({ state }) => ['failed', 'quarantined', 'cancelled'].includes(state)).map(({ id }) => id));
  const lost = await lostStages(store, stages, (id) => (givenUp.has(id) ? undefined : known.get(id)));
  return [...givenUp, ...lost];
}

/** Looks from what is still to run up its inputs, generation by generation: a lost stage's own inputs are read again too. */
async function lostStages({ artifacts }: Store, stages: readonly Link[], known: (id: string) => Known | undefined): Promise<Set<string>> {
  const inputs = new Map(stages.map((stage) => [stage.id, Object.values(stage.inputs)]));
  const lost = new Set<string>();
  const seen = new Set<string>();
  let read = stages.filter(({ id }) => known(id)?.state !== 'done').flatMap((stage) => Object.values(stage.inputs));
  while (read.length > 0) {
    const done = [...new Set(read)].filter((id) => !seen.has(id)).map(known).filter((stage): stage is Known => stage?.state === 'done');
    const there = await artifacts.hasMany(done.flatMap(({ hashes }) => hashes));
    const gone = done.filter(({ hashes }) => !hashes.every((hash) => there.has(hash)));
    for (const { id } of done) seen.add(id);
    for (const { id } of gone) lost.add(id);
    read = gone.flatMap(({ id }) => inputs.get(id) ?? []);
  }
  return lost;
}

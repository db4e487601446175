import { mostGraphed, type GraphedStage, type StageGraph } from '@elucidate/experiment/stage-graph';
import { stageDefinitions, trialRoles, type StageKind } from '@elucidate/experiment/stages';
import { rows, type Queryable } from '../queryable.js';
import type { KindProgress } from './sweeps.js';

export interface GraphQuestion {
  id: string;
  name: string;
  trials: number;
  kinds: readonly KindProgress[];
}

/** Each stage of a sweep, in the order of its plan. */
const graphedStages = (db: Queryable, sweepId: string): Promise<GraphedStage[]> => rows(db, `
  select s.id, s.kind, s.state, ss.reused, array(select i.input_id from stage_inputs i where i.stage_id = s.id order by i.input_id) as inputs, coalesce(used.trials, 0) as trials
  from sweep_stages ss join stages s on s.id = ss.stage_id
  left join (select ts.stage_id, count(distinct t.id)::integer as trials from trials t join trial_stages ts on ts.trial_id = t.id where t.sweep_id = $1 group by ts.stage_id) used on used.stage_id = s.id
  where ss.sweep_id = $1 order by ss.position`, [sweepId]);

/** Trials of a sweep that have a guide besides their own training; they are looked for only where some guidance may have one. */
async function guidedTrials(db: Queryable, sweepId: string): Promise<number> {
  const [found] = await rows<{ guided: number }>(db, `
    select count(*)::integer as guided from trials t
    join trial_stages guide on guide.trial_id = t.id and guide.role = 'guide' join trial_stages own on own.trial_id = t.id and own.role = 'train'
    where t.sweep_id = $1 and guide.stage_id <> own.stage_id
      and exists (select from sweeps w where w.id = $1 and jsonb_path_exists(w.spec, '$.parameters.guidance.*[*].kind ? (@ == "autoguidance")'))`, [sweepId]);
  return found!.guided;
}

/** A sweep's stages as a graph: by kind from what is counted, one by one only where they are few. */
export async function stageGraph(db: Queryable, { id, name, trials, kinds }: GraphQuestion): Promise<StageGraph> {
  const present = new Set(kinds.map(({ kind }) => kind));
  const total = kinds.flatMap(({ states }) => Object.values(states)).reduce((sum, stages) => sum + stages, 0);
  return {
    sweepId: id, sweepName: name, trials, guided: await guidedTrials(db, id),
    kinds: kinds.map(({ kind, states, reused }) => ({ kind, states, reused, reads: readsOf(kind).filter((input) => present.has(input)) })),
    stages: total > mostGraphed ? null : await graphedStages(db, id),
  };
}

/** Roles that a kind reads; a second stage of a kind in a trial, such as a guide, is of that kind. */
const readsOf = (kind: StageKind): StageKind[] => [...new Set(Object.values(stageDefinitions[kind].inputs).map((role) => trialRoles[role].kind))];

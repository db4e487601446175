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

/** The stages of a plan, in its order, that must begin anew: those given up or cancelled, and done ones whose files are gone though a stage still to run reads them. */
export async function stagesToRevive(store: Store, tx: Sql, stages: readonly Link[]): Promise<string[]> {
  const known = new Map((await rows<Known>(tx, `
    select s.id, s.state, array_remove(array_agg(o.hash), null) as hashes
    from stages s left join stage_outputs o on o.stage_id = s.id where s.id = any($1) group by s.id`, [stages.map(({ id }) => id)])).map((stage) => [stage.id, stage]));
  const givenUp = new Set([...known.values()].filter(({ state }) => ['failed', 'quarantined', 'cancelled'].includes(state)).map(({ id }) => id));
  const lost = await lostStages(store, stages, (id) => (givenUp.has(id) ? undefined : known.get(id)));
  return [...givenUp, ...lost];
}

/** Walks from the last stages to the first, so that a lost stage's own inputs are looked at too. */
async function lostStages(store: Store, stages: readonly Link[], known: (id: string) => Known | undefined): Promise<Set<string>> {
  const lost = new Set<string>();
  const toRead = new Set<string>();
  for (const { id, inputs } of [...stages].reverse()) {
    const stage = known(id);
    const done = stage?.state === 'done';
    if (done && toRead.has(id) && !(await allPresent(store, stage.hashes))) lost.add(id);
    if (!done || lost.has(id)) for (const input of Object.values(inputs)) toRead.add(input);
  }
  return lost;
}

async function allPresent(store: Store, hashes: readonly string[]): Promise<boolean> {
  for (const hash of hashes) if (!(await store.artifacts.has(hash))) return false;
  return true;
}

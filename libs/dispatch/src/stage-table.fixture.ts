import { localPrincipal } from '@elucidate/store/principal';
import { provenance } from './execute.fixture.js';
import { claim, type ClaimedStage } from './lease.js';
import { sketchSweep, type Sketch } from './plan.fixture.js';
import type { Queue } from './queue.js';
import type { OpenTestStore } from './store.fixture.js';
import { submitPlan } from './submit.js';

export const worker = { workerId: 'w1', leaseMs: 60_000 };
export const result = { outputs: {}, metrics: [{ name: 'loss', value: 0.5 }], provenance };

/** Short ways to a test's sweeps and stages. */
export interface StageTable {
  /** Submits a fresh sweep; gives its stage ids in plan order. */
  submitted(sketches: readonly Sketch[]): Promise<{ sweepId: string; ids: string[] }>;
  /** Claims a stage that must be ready. */
  claimed(stageId: string | undefined): Promise<ClaimedStage>;
  states(ids: readonly (string | undefined)[]): Promise<string[]>;
  sweepState(id: string): Promise<string>;
}

export const stageTable = (database: OpenTestStore, queue: Queue): StageTable => ({
  submitted: async (sketches) => {
    const planned = sketchSweep(sketches, String(Math.random()));
    const { sweepId } = await submitPlan(database.store, queue, planned, { principal: localPrincipal });
    return { sweepId, ids: planned.plan.stages.map(({ id }) => id) };
  },
  claimed: async (stageId) => {
    const lease = await claim(database.store.db, stageId ?? '', worker);
    if (lease === null) throw new Error(`stage ${stageId} was not claimed`);
    return lease;
  },
  states: async (ids) => {
    const found = await database.query<{ id: string; state: string }>('select id, state from stages where id = any($1)', [ids]);
    return ids.map((id) => found.find((stage) => stage.id === id)?.state ?? 'absent');
  },
  sweepState: async (id) => (await database.query<{ state: string }>('select state from sweeps where id = $1', [id]))[0]?.state ?? 'absent',
});

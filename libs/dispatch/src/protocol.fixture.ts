import { isDeepStrictEqual } from 'node:util';
import { ElucidateError } from '@elucidate/experiment/errors';
import { localPrincipal } from '@elucidate/store/principal';
import fc from 'fast-check';
import { cancelSweep } from './cancel.js';
import { complete } from './complete.js';
import { provenance } from './execute.fixture.js';
import { deleteSweep } from './delete.js';
import { planDraft } from './edit-draft.js';
import { editSweep } from './edit.js';
import { fail } from './fail.js';
import { createInlineQueue } from './inline.js';
import { claim, heartbeat, release, type Lease } from './lease.js';
import { sketchSweep } from './plan.fixture.js';
import { maxAttempts, ModelProtocol } from './protocol-model.fixture.js';
import type { StageRow } from './protocol/state.js';
import type { Failure, Held } from './protocol/transitions.js';
import { reconcile } from './reconcile.js';
import { retryFailed, retryStages } from './retry.js';
import { pauseSweep, prioritiseSweep, resumeSweep, stopSweep } from './steer.js';
import type { TestStore } from './store.fixture.js';
import { plannedSweep, submitPlan, type PlannedSweep } from './submit.js';

/** What may happen. Numbers choose among what there is: a stage, a lease (also those long lost), a sweep. */
export type Step =
  | { do: 'submit'; width: number }
  | { do: 'claim'; stage: number; version: 'own' | 'other' }
  | { do: 'complete'; lease: number; how: 'once' | 'twice' | 'cut off' }
  | { do: 'fail'; lease: number; how: keyof typeof failures; twice: boolean }
  | { do: 'release' | 'heartbeat'; lease: number }
  | { do: 'expire' | 'lose'; stage: number }
  | { do: 'cancel' | 'retry'; sweep: number; cutOff: boolean }
  | { do: 'pause' | 'resume' | 'stop'; sweep: number }
  | { do: 'retry one'; sweep: number; stage: number }
  | { do: 'edit'; sweep: number; last: number[]; cutOff: boolean }
  | { do: 'limit'; sweep: number; most: number | null }
  | { do: 'delete'; sweep: number }
  | { do: 'set the clock back' }
  | { do: 'stand still'; workers: 'awake' | 'gone' };

const failures = {
  retryable: { error: () => new ElucidateError('artifact.missing', 'not there'), is: { retryable: true, killed: false, counted: true } },
  permanent: { error: () => new ElucidateError('stage.diverged', 'NaN'), is: { retryable: false, killed: false, counted: true } },
  killed: { error: () => new ElucidateError('stage.crashed', 'SIGKILL'), is: { retryable: true, killed: true, counted: true } },
  database: { error: () => Object.assign(new Error('could not serialize access'), { code: '40001' }), is: { retryable: true, killed: false, counted: false } },
} satisfies Record<string, { error: () => Error; is: Failure }>;

const index = fc.nat({ max: 5 });
/** Counted from the newest. */
const recent = fc.oneof({ weight: 3, arbitrary: fc.nat({ max: 2 }) }, { weight: 1, arbitrary: fc.nat({ max: 11 }) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('submit' as const), width: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('claim' as const), stage: index, version: fc.constantFrom('own' as const, 'own' as const, 'own' as const, 'other' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('complete' as const), lease: recent, how: fc.constantFrom('once' as const, 'twice' as const, 'cut off' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fail' as const), lease: recent, how: fc.constantFrom(...(Object.keys(failures) as (keyof typeof failures)[])), twice: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'heartbeat' as const), lease: recent }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('expire' as const, 'lose' as const), stage: index }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'retry' as const), sweep: recent, cutOff: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const, 'stop' as const), sweep: recent }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('retry one' as const), sweep: recent, stage: index }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('edit' as const), sweep: recent, last: fc.array(index, { minLength: 1, maxLength: 3 }), cutOff: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('limit' as const), sweep: recent, most: fc.constantFrom(1, 2, null) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), sweep: recent }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('set the clock back' as const) }) },
);

const begins: readonly Step[] = [{ do: 'submit', width: 6 }];
/** A cell runs when the sweep is stopped, and others could: rare among steps that are drawn one by one. */
const beginsStopped: readonly Step[] = [...begins, { do: 'claim', stage: 0, version: 'own' }, { do: 'stop', sweep: 0 }, ...[1, 2, 3, 4, 5].map((stage): Step => ({ do: 'claim', stage, version: 'own' }))];

/** A world of stages, each reading up to three earlier ones, and what happens in it. */
export const histories = fc.record({
  inputs: fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 6, maxLength: 6 }).map((drafts) => drafts.map((draft, at) => (at === 0 ? [] : [...new Set(draft.map((input) => input % at))]))),
  steps: fc.array(step, { minLength: 30, maxLength: 40 }),
  start: fc.nat({ max: 11 }),
  /** Rare, as no lease that is given before it lasts. */
  still: fc.option(fc.record({ at: fc.nat({ max: 30 }), workers: fc.constantFrom('awake' as const, 'gone' as const) }), { freq: 2 }),
}).map(({ inputs, steps, start, still }): History => {
  const whole = [...(start === 0 ? beginsStopped : begins), ...steps];
  return { inputs, steps: still === null ? whole : [...whole.slice(0, still.at), { do: 'stand still', workers: still.workers }, ...whole.slice(still.at)] };
});

export interface History {
  inputs: readonly (readonly number[])[];
  steps: readonly Step[];
}

const outcomesByToken = (outcomes: StageRow['outcomes']): Record<string, string> =>
  Object.fromEntries(outcomes.flatMap((outcome, at) => (outcome === null ? [] : [[at + 1, outcome]])));

/** The world beside its model. */
export class World {
  readonly queue = createInlineQueue();
  readonly model: ModelProtocol;
  readonly ids: readonly string[];
  readonly leases: Held[] = [];
  readonly sweepIds: string[] = [];

  constructor(readonly database: TestStore, readonly inputs: readonly (readonly number[])[], readonly salt: string) {
    this.model = new ModelProtocol(inputs);
    this.ids = this.planned(inputs.length).plan.stages.map(({ id }) => id);
  }

  planned(width: number): ReturnType<typeof sketchSweep> {
    return sketchSweep(this.inputs.slice(0, width).map((inputs, at) => ({ kind: at % 2 === 0 ? 'train' : 'score', inputs })), this.salt);
  }

  /** These stages and all that they read, in plan order. */
  planOf(last: readonly number[]): number[] {
    const plan = new Set<number>();
    for (let next = [...last]; next.length > 0; next = next.flatMap((stage) => this.inputs[stage] ?? [])) next.forEach((stage) => plan.add(stage));
    return [...plan].sort((a, b) => a - b);
  }

  /** A sweep of some of the stages. */
  plannedOf(stages: readonly number[]): PlannedSweep {
    const { name, plan } = this.planned(this.inputs.length);
    const { cells: [cell], trials: [trial] } = plan;
    return plannedSweep({ name }, { cells: [cell!], stages: plan.stages.filter((_, at) => stages.includes(at)), trials: [{ ...trial!, stages: { score: this.ids[stages.at(-1) ?? 0] ?? '' } }] });
  }

  /** Writes an edit, and nothing of what follows from it. */
  async editCutOff(sweepId: string, { name, spec, chunks }: PlannedSweep): Promise<number | null> {
    const [found] = await this.query<{ version: number }>('select version from sweeps where id = $1', [sweepId]);
    if (found === undefined) return null;
    const editId = String(Math.random());
    await planDraft(this.database.store.db, { editId, keepsStages: true }, chunks);
    const [made] = await this.query<{ version: number | null }>(`select make_edit($1, $2, $3)->>'version' as version`, [sweepId, editId, JSON.stringify({ version: found.version, name, spec: JSON.parse(spec) as object, order: [], principal: 'somebody' })]);
    await this.query('delete from edits');
    return made?.version == null ? null : Number(made.version);
  }

  pass(): Promise<unknown> {
    return reconcile(this.database.store, this.queue, { cutOffAfterMs: 0, minAgeMs: 0, maxAttempts });
  }

  query<T>(text: string, params: unknown[] = []): Promise<T[]> {
    return this.database.store.db.query(text, params);
  }

  realLease({ stage, token }: Held): Lease {
    return { stageId: this.ids[stage] ?? '', token };
  }

  /** The answer of the real functions. */
  async real(taken: Step): Promise<unknown> {
    const { store } = this.database;
    const lease = 'lease' in taken ? this.realLease(this.leaseAt(taken.lease)) : { stageId: '', token: 0 };
    const stageId = 'stage' in taken ? this.ids[taken.stage % this.ids.length] ?? '' : '';
    const sweepId = 'sweep' in taken ? this.sweepIds.at(-1 - (taken.sweep % Math.max(1, this.sweepIds.length))) ?? '' : '';
    switch (taken.do) {
      case 'submit':
        this.sweepIds.push((await submitPlan(store, this.queue, this.planned(taken.width), { principal: localPrincipal })).sweepId);
        return undefined;
      case 'claim': {
        const versions = { train: taken.version === 'own' ? 1 : 2, score: taken.version === 'own' ? 1 : 2 };
        return (await claim(store.db, stageId, { workerId: 'w', leaseMs: 60_000, codeVersions: versions }))?.token ?? null;
      }
      case 'complete': {
        const results = { outputs: {}, metrics: [{ name: 'token', value: lease.token }], provenance };
        if (taken.how === 'cut off') {
          const [closed] = await this.query<{ closed: number }>('select cardinality(mine) + cardinality(repeated) as closed from close_leases($1)', [JSON.stringify([{ ...lease, ...results }])]);
          return closed?.closed === 1;
        }
        const answer = (): Promise<boolean> => complete(store.db, lease, results).then(() => true, (error: ElucidateError) => {
          if (error.code !== 'lease.stale') throw error;
          return false;
        });
        if (taken.how === 'twice') await answer();
        return answer();
      }
      case 'fail': {
        const report = (): Promise<string> => fail(store.db, lease, failures[taken.how].error(), { maxAttempts, backoffMs: 0 });
        const first = await report();
        if (taken.twice) await report();
        return first;
      }
      case 'release':
        return (await release(store.db, lease)).length > 0;
      case 'heartbeat':
        return heartbeat(store.db, lease, 60_000);
      case 'expire':
        return this.query(`update stages set lease_expires_at = clock_timestamp() where id = $1 and state = 'running'`, [stageId]).then(() => undefined);
      case 'lose': {
        const lost = await this.query(`select id as "stageId", token::int from stages where id = $1 and state = 'done'`, [stageId]);
        return this.query('call restart_lost($1, null)', [JSON.stringify(lost)]).then(() => undefined);
      }
      case 'cancel':
        if (taken.cutOff) return (await this.query<{ state: string | null }>('select cancel_sweep($1, $2) as state', [sweepId, 'somebody']))[0]?.state === 'running';
        return cancelSweep(store, sweepId, localPrincipal).then(() => true, () => false);
      case 'retry':
        if (taken.cutOff) await this.query('select retry_sweep($1, $2, 0)', [sweepId, 'somebody']);
        else await retryFailed(store, this.queue, sweepId, localPrincipal).catch(() => undefined);
        return undefined;
      case 'pause':
        return pauseSweep(store, sweepId, localPrincipal).then(() => true, () => false);
      case 'resume':
        return resumeSweep(store, this.queue, sweepId, localPrincipal).then(() => true, () => false);
      case 'stop':
        return stopSweep(store, sweepId, localPrincipal).then(() => true, () => false);
      case 'retry one':
        return retryStages(store, this.queue, { sweepId, principal: localPrincipal, stages: [stageId] }).then(() => true, () => false);
      case 'edit': {
        const planned = this.plannedOf(this.planOf(taken.last));
        if (taken.cutOff) return this.editCutOff(sweepId, planned);
        return editSweep(store, this.queue, planned, { sweepId, principal: localPrincipal, version: null }).then(({ version }) => version, (error: ElucidateError) => {
          if (error.code !== 'not_found') throw error;
          return null;
        });
      }
      case 'limit':
        return prioritiseSweep(store, { sweepId, principal: localPrincipal, precedence: { concurrency: taken.most } }).then(() => true, () => false);
      case 'delete':
        return deleteSweep(store, sweepId).then(() => true, () => false);
      case 'set the clock back':
        await this.query(`update stages set lease_expires_at = lease_expires_at + interval '1 h', not_before = not_before + interval '1 h', ready_at = ready_at + interval '1 h'`);
        return undefined;
      case 'stand still':
        await this.query(`update passes set last_at = last_at - interval '1 h'`);
        await this.query(`update stages set lease_expires_at = clock_timestamp() where state = 'running'`);
        if (taken.workers === 'gone') return undefined;
        await this.pass();
        for (const held of this.leases) await heartbeat(store.db, this.realLease(held), 60_000);
        return undefined;
    }
  }

  /** The answer of the model. */
  modelled(taken: Step): unknown {
    const { model } = this;
    const lease = 'lease' in taken ? this.leaseAt(taken.lease) : { stage: -1, token: 0 };
    const stage = 'stage' in taken ? taken.stage % this.ids.length : -1;
    const sweep = 'sweep' in taken ? model.sweeps.length - 1 - (taken.sweep % Math.max(1, model.sweeps.length)) : -1;
    switch (taken.do) {
      case 'submit':
        return model.submit(this.inputs.slice(0, taken.width).map((_, at) => at));
      case 'claim': {
        const made = taken.version === 'own' ? model.claim(stage) : null;
        if (made !== null) this.leases.push(made);
        return made?.token ?? null;
      }
      case 'complete':
        return model.complete(lease);
      case 'fail':
        return model.fail(lease, failures[taken.how].is);
      case 'release':
        return model.release(lease);
      case 'heartbeat':
        return model.heartbeat(lease);
      case 'expire':
        return model.expire(stage);
      case 'lose':
        return model.lose(stage);
      case 'cancel':
        return model.cancel(sweep);
      case 'retry':
        return model.retry(sweep);
      case 'pause':
      case 'resume':
        return model.pause(sweep, taken.do === 'pause');
      case 'stop':
        return model.stop(sweep);
      case 'retry one':
        return model.retryStage(sweep, stage);
      case 'edit':
        return model.edit(sweep, this.planOf(taken.last));
      case 'limit':
        return model.limit(sweep, taken.most);
      case 'delete':
        return model.delete(sweep);
      case 'set the clock back':
        return undefined;
      case 'stand still':
        return taken.workers === 'gone' ? model.sleep() : undefined;
    }
  }

  /** Compares everything that both know; null if they agree. */
  async difference(): Promise<string | null> {
    const stages = await this.query<{ id: string; state: string; token: number; counted: number; outcomes: Record<string, string> | null; metrics: number[] }>(`
      select id, state, token::int, counted_attempts as counted,
        (select jsonb_object_agg(a.token, outcome) from attempts a where stage_id = s.id and outcome is not null) as outcomes,
        array(select value from metrics m where m.stage_id = s.id) as metrics
      from stages s where id = any($1)`, [this.ids]);
    const sweeps = await this.query<{ id: string; state: string; version: number; ends: number }>(`
      select id, state, version, (select count(*)::int from events e where e.sweep_id = w.id and type = 'sweep.ended') as ends from sweeps w where id = any($1)`, [this.sweepIds]);
    const left = await this.query<{ n: number }>(`
      select (select count(*) from unsettled_stages)::int + (select count(*) from unsettled_sweeps)::int + (select count(*) from dropped_stages)::int + (select count(*) from edits)::int as n`);
    const places = await this.query<{ sweep_id: string; stage_id: string }>('select sweep_id, stage_id from ready_places where stage_id = any($1)', [this.ids]);
    const placeOf = ([sweep, stage]: readonly [number, number]): string => `${sweep} ${stage}`;
    const real = {
      stages: Object.fromEntries(stages.map(({ id, outcomes, ...stage }) => [this.ids.indexOf(id), { ...stage, outcomes: outcomes ?? {} }])),
      sweeps: this.sweepIds.map((id) => sweeps.find((sweep) => sweep.id === id)).map((sweep) => (sweep === undefined ? null : [sweep.state, sweep.ends, sweep.version])),
      places: places.map(({ sweep_id, stage_id }) => placeOf([this.sweepIds.indexOf(sweep_id), this.ids.indexOf(stage_id)])).sort(),
      left: left[0]?.n,
    };
    const modelled = {
      stages: Object.fromEntries([...this.model.stages].map(([at, { state, token, counted, results, outcomes }]) =>
        [at, { state, token, counted, metrics: results === 0 ? [] : [results], outcomes: outcomesByToken(outcomes) }])),
      sweeps: this.model.sweeps.map((row, sweep) => (row === null ? null : [row.state, row.ends, this.model.versions[sweep]])),
      places: this.model.places.map(placeOf).sort(),
      left: 0,
    };
    return isDeepStrictEqual(real, modelled) ? null : `real ${JSON.stringify(real)}\nmodel ${JSON.stringify(modelled)}`;
  }

  private leaseAt(at: number): Held {
    return this.leases.at(-1 - (at % Math.max(1, this.leases.length))) ?? { stage: 0, token: 99 };
  }
}

/** Lets a history happen to the real functions and to the model; throws at the first step after which they disagree. */
export async function runHistory(database: TestStore, { inputs, steps }: History): Promise<void> {
  const world = new World(database, inputs, String(Math.random()));
  // what earlier histories left running costs every pass of the reconciler
  await world.query('delete from sweeps');
  await world.query('truncate stages, retired_tokens cascade');
  for (const [at, taken] of steps.entries()) {
    const real = await world.real(taken);
    const modelled = world.modelled(taken);
    // a pass that ends a stopped sweep leaves it to the next one to cancel the rest
    for (let pass = 0; pass < 2; pass++) await world.pass();
    const differs = isDeepStrictEqual(real, modelled) ? await world.difference() : `answered ${JSON.stringify(real)}, model ${JSON.stringify(modelled)}`;
    if (differs !== null) throw new Error(`after step ${at}, ${JSON.stringify(taken)}: ${differs}`);
  }
}

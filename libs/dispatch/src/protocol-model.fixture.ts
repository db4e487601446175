import { beginSweepStep, endSweepStep, settleStages } from './protocol/settle.js';
import { followersOf, isWanted, newStage, newTables, stageOf, type StageRow, type SweepRow, type Tables, type World } from './protocol/state.js';
import * as transitions from './protocol/transitions.js';
import type { Failure, Held } from './protocol/transitions.js';

export const maxAttempts = 2;
/** Of the migration "passes". */
const maxUncounted = 5;

/** The model that `npm run check:protocol` explores, each transition followed at once by all that follows from it: what the functions of the database must agree with. */
export class ModelProtocol {
  private readonly world: World & { sweeps: (readonly number[])[] };
  private readonly tables: Tables;
  /** Of each sweep. */
  readonly versions: number[] = [];
  /** Stages that are there, whether a sweep has them or not. */
  private readonly known = new Set<number>();

  /** `inputs`: of each stage of the world, indices of earlier ones. */
  constructor(inputs: readonly (readonly number[])[]) {
    this.world = { inputs, sweeps: [], maxAttempts, maxUncounted };
    this.tables = newTables(this.world);
  }

  /** Null: deleted. */
  get sweeps(): readonly (SweepRow | null)[] {
    return this.tables.sweeps;
  }

  get stages(): ReadonlyMap<number, StageRow> {
    return new Map([...this.known].sort((a, b) => a - b).map((stage) => [stage, stageOf(this.tables, stage)]));
  }

  /** The places that ready stages have in sweeps. */
  get places(): [sweep: number, stage: number][] {
    return this.world.sweeps.flatMap((plan, sweep) => plan.filter((stage) => stageOf(this.tables, stage).state === 'ready').map((stage): [number, number] => [sweep, stage]));
  }

  submit(stages: readonly number[]): void {
    this.world.sweeps.push(stages);
    this.versions.push(1);
    for (const stage of stages) this.known.add(stage);
    this.then(() => transitions.submit(this.tables, this.world.sweeps.length - 1));
  }

  claim(stage: number): Held | null {
    const token = this.then(() => transitions.claim(this.tables, this.world, stage));
    return token === null ? null : { stage, token };
  }

  /** False: the lease is stale. */
  complete(held: Held): boolean {
    return this.then(() => transitions.complete(this.tables, this.world, held));
  }

  fail(held: Held, failure: Failure): string {
    return this.then(() => transitions.endAttempt(this.tables, this.world, held, { ...failure, outcome: 'failed' })) ?? 'stale';
  }

  /** Whether the stage was handed back, now or before under this token, and somebody wants it. */
  release(held: Held): boolean {
    return this.then(() => transitions.release(this.tables, this.world, held) && isWanted(this.tables, this.world, held.stage));
  }

  heartbeat(held: Held): 'mine' | 'cancelled' | 'lost' {
    return transitions.heartbeat(this.tables, this.world, held);
  }

  cancel(sweep: number): boolean {
    return this.then(() => transitions.cancel(this.tables, sweep));
  }

  retry(sweep: number): void {
    this.then(() => transitions.retry(this.tables, sweep));
  }

  pause(sweep: number, paused: boolean): boolean {
    return this.then(() => transitions.pause(this.tables, sweep, paused));
  }

  stop(sweep: number): boolean {
    return this.then(() => transitions.stop(this.tables, this.world, sweep));
  }

  /** False: the sweep was cancelled or is being stopped. */
  retryStage(sweep: number, stage: number): boolean {
    return this.then(() => transitions.retryStage(this.tables, this.world, sweep, stage) || this.sweeps[sweep]?.state === 'done');
  }

  /** The sweep's version; null if there is no such sweep. */
  edit(sweep: number, stages: readonly number[]): number | null {
    const had = this.world.sweeps[sweep] ?? [];
    if (!this.sweeps[sweep]) return null;
    for (const stage of stages) this.known.add(stage);
    const dropped = had.filter((stage) => !stages.includes(stage));
    if (dropped.length === 0 && stages.length === had.length) return this.versions[sweep] ?? 0;
    this.world.sweeps[sweep] = [...had.filter((stage) => stages.includes(stage)), ...stages.filter((stage) => !had.includes(stage))];
    this.then(() => transitions.edit(this.tables, this.world, sweep, dropped));
    return (this.versions[sweep] = (this.versions[sweep] ?? 0) + 1);
  }

  /** False: there is no such sweep. */
  limit(sweep: number, limit: number | null): boolean {
    const row = this.sweeps[sweep];
    if (!row) return false;
    if (row.limit === limit) return true;
    row.limit = limit;
    this.versions[sweep] = (this.versions[sweep] ?? 0) + 1;
    return true;
  }

  /** Deletes a sweep that has ended, and its stages that no other sweep has and nothing left over reads. Their tokens are not given again. */
  delete(sweep: number): boolean {
    const row = this.sweeps[sweep];
    if (!row || row.state === 'running') return false;
    const own = (this.world.sweeps[sweep] ?? []).filter((stage) => this.world.sweeps.every((plan, other) => other === sweep || !plan.includes(stage)));
    const kept = new Set(own.filter((stage) => stageOf(this.tables, stage).state === 'running'));
    for (const stage of own) if (followersOf(this.world, [stage]).some((follower) => this.known.has(follower) && !own.includes(follower))) kept.add(stage);
    for (let next = [...kept]; next.length > 0; next = next.flatMap((stage) => this.world.inputs[stage] ?? [])) next.forEach((stage) => kept.add(stage));
    for (const stage of own.filter((one) => !kept.has(one))) {
      const { token } = stageOf(this.tables, stage);
      this.known.delete(stage);
      this.tables.stages[stage] = { ...newStage(), token, outcomes: Array<null>(token).fill(null) };
    }
    this.tables.sweeps[sweep] = null;
    this.world.sweeps[sweep] = [];
    return true;
  }

  /** The lease of a running stage passes, and it is ended. */
  expire(stage: number): void {
    if (this.stages.get(stage)?.state !== 'running') return;
    this.then(() => {
      this.tables.stages[stage] = { ...stageOf(this.tables, stage), until: 'past' };
      transitions.expire(this.tables, this.world, stage);
    });
  }

  /** The whole installation stands still until every lease has passed, and the workers are gone. */
  sleep(): void {
    this.then(() => {
      for (const [stage, { state }] of this.stages) if (state === 'running') this.tables.stages[stage] = { ...stageOf(this.tables, stage), until: 'past' };
      this.tables.asleep = true;
      transitions.pass(this.tables);
      for (const stage of this.known) transitions.expire(this.tables, this.world, stage);
    });
  }

  /** The files of a done stage are gone, and it starts again. */
  lose(stage: number): void {
    this.then(() => transitions.restartLost(this.tables, this.world, { stage, token: this.stages.get(stage)?.token ?? 0 }));
  }

  /** Makes a change and draws all its consequences. Back-offs are none in the histories. */
  private then<T>(change: () => T): T {
    const answer = change();
    while (this.tables.marks.length > 0 || this.sweeps.some((row) => (row?.mark ?? null) !== null)) {
      settleStages(this.tables, this.world, this.tables.marks);
      for (const sweep of this.world.sweeps.keys()) {
        const step = beginSweepStep(this.tables, this.world, sweep);
        if (step !== null) endSweepStep(this.tables, this.world, step);
      }
    }
    for (const [stage, row] of this.tables.stages.entries()) if (row.state === 'ready') this.tables.stages[stage] = { ...row, until: 'past' };
    return answer;
  }
}

import type { StageState } from '@elucidate/experiment/stages';

/** The protocol as docs/protocol.md states it, in memory: what the functions of the database must agree with. */

export interface ModelStage {
  state: StageState;
  token: number;
  counted: number;
  inputs: readonly number[];
  /** How the attempt of each token ended. */
  outcomes: Map<number, 'done' | 'failed' | 'expired' | 'released' | 'cancelled'>;
}

export interface ModelSweep {
  state: 'running' | 'done' | 'failed' | 'cancelled';
  stages: readonly number[];
  /** How often it ended. */
  ends: number;
}

export interface ModelLease {
  stage: number;
  token: number;
}

/** What an attempt ends with when it fails. */
export interface ModelFailure {
  retryable: boolean;
  killed: boolean;
  counted: boolean;
}

export const maxAttempts = 2;

const open: readonly StageState[] = ['waiting', 'ready', 'running'];
const lost: readonly StageState[] = ['failed', 'quarantined', 'cancelled'];

export class ModelProtocol {
  readonly stages = new Map<number, ModelStage>();
  readonly sweeps: ModelSweep[] = [];

  /** `inputs`: of each stage of the world, indices of earlier ones. */
  constructor(private readonly inputs: readonly (readonly number[])[]) {}

  submit(stages: readonly number[]): void {
    for (const stage of stages) {
      if (!this.stages.has(stage)) this.stages.set(stage, { state: 'waiting', token: 0, counted: 0, inputs: this.inputs[stage] ?? [], outcomes: new Map() });
    }
    this.restart(stages);
    this.sweeps.push({ state: 'running', stages, ends: 0 });
    this.settle();
  }

  claim(stage: number): ModelLease | null {
    const found = this.stages.get(stage);
    if (found?.state !== 'ready') return null;
    found.state = 'running';
    found.token += 1;
    return { stage, token: found.token };
  }

  /** False: the lease is stale. */
  complete({ stage, token }: ModelLease): boolean {
    const found = this.stages.get(stage);
    if (found?.token !== token || !['running', 'done'].includes(found.state)) return false;
    this.end(found, 'done', 'done');
    return true;
  }

  fail({ stage, token }: ModelLease, failure: ModelFailure, outcome: 'failed' | 'expired' = 'failed'): string {
    const found = this.stages.get(stage);
    if (found === undefined) return 'stale';
    if (found.token !== token || found.state !== 'running') {
      if (found.outcomes.get(token) !== outcome) return 'stale';
      // told again: what became of it then, as far as that can still be told
      return found.token === token && ['ready', 'failed', 'quarantined'].includes(found.state) ? found.state : 'ready';
    }
    const counts = failure.counted && found.inputs.every((input) => this.stages.get(input)?.state === 'done');
    const again = !counts || (failure.retryable && found.counted + 1 < maxAttempts);
    if (counts) found.counted += 1;
    const state = again ? 'ready' : failure.killed ? 'quarantined' : 'failed';
    this.end(found, state, outcome);
    return state;
  }

  /** Whether the stage was handed back, now or before under this token. */
  release({ stage, token }: ModelLease): boolean {
    const found = this.stages.get(stage);
    if (found?.token === token && found.state === 'running') this.end(found, 'ready', 'released');
    return found?.token === token && found.state === 'ready' && found.outcomes.get(token) === 'released';
  }

  heartbeat({ stage, token }: ModelLease): 'mine' | 'cancelled' | 'lost' {
    const found = this.stages.get(stage);
    if (found?.token !== token) return 'lost';
    return found.state === 'running' ? 'mine' : found.state === 'cancelled' ? 'cancelled' : 'lost';
  }

  cancel(index: number): boolean {
    const sweep = this.sweeps[index];
    if (sweep?.state !== 'running') return false;
    sweep.state = 'cancelled';
    sweep.ends += 1;
    for (const stage of sweep.stages) {
      const found = this.stages.get(stage);
      if (found === undefined || !open.includes(found.state) || this.needed(stage)) continue;
      if (found.state === 'running') found.outcomes.set(found.token, 'cancelled');
      found.state = 'cancelled';
    }
    this.settle();
    return true;
  }

  retry(index: number): void {
    const sweep = this.sweeps[index];
    if (sweep === undefined || sweep.state === 'done') return;
    sweep.state = 'running';
    this.restart(sweep.stages);
    this.settle();
  }

  /** The files of a done stage are gone, and it starts again. */
  lose(stage: number): void {
    const found = this.stages.get(stage);
    if (found?.state === 'done') Object.assign(found, { state: 'waiting', counted: 0 });
    this.settle();
  }

  private end(stage: ModelStage, state: StageState, outcome: 'done' | 'failed' | 'expired' | 'released'): void {
    stage.state = state;
    stage.outcomes.set(stage.token, outcome);
    this.settle();
  }

  private restart(stages: readonly number[]): void {
    for (const stage of stages) {
      const found = this.stages.get(stage);
      if (found !== undefined && lost.includes(found.state)) Object.assign(found, { state: 'waiting', counted: 0 });
    }
  }

  private needed(stage: number): boolean {
    return this.sweeps.some(({ state, stages }) => state === 'running' && stages.includes(stage));
  }

  /** Draws consequences until there are none. */
  private settle(): void {
    for (let changed = true; changed;) {
      changed = false;
      for (const stage of this.stages.values()) {
        const next = this.consequence(stage);
        if (next !== stage.state) {
          stage.state = next;
          changed = true;
        }
      }
    }
    for (const sweep of this.sweeps) {
      const states = sweep.stages.map((stage) => this.stages.get(stage)?.state ?? 'waiting');
      if (sweep.state !== 'running' || states.some((state) => open.includes(state))) continue;
      sweep.state = states.every((state) => state === 'done') ? 'done' : 'failed';
      sweep.ends += 1;
    }
  }

  private consequence({ state, inputs }: ModelStage): StageState {
    if (state !== 'waiting' && state !== 'ready') return state;
    const states = inputs.map((input) => this.stages.get(input)?.state);
    if (states.some((input) => input === 'failed' || input === 'quarantined')) return 'failed';
    return states.every((input) => input === 'done') ? 'ready' : 'waiting';
  }
}

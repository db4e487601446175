import type { StageKind, StageState } from './stages.js';

/** The stages of a sweep as a graph: what reads what, what several trials share, and what was done before. */
export interface StageGraph {
  sweepId: string;
  sweepName: string;
  trials: number;
  /** Trials that a second network of their own guides. */
  guided: number;
  /** In the order of the plan. */
  kinds: readonly { kind: StageKind; states: Partial<Record<StageState, number>>; reused: number; reads: readonly StageKind[] }[];
  /** One by one, of a sweep of at most `mostGraphed` stages; null: there are more, and only kinds are told apart. */
  stages: readonly GraphedStage[] | null;
}

export interface GraphedStage {
  id: string;
  kind: StageKind;
  state: StageState;
  /** It was done before the sweep was submitted. */
  reused: boolean;
  /** Trials of the sweep that it serves. */
  trials: number;
  inputs: readonly string[];
}

/** Stages that are drawn one by one. */
export const mostGraphed = 160;

import type { DryRun, PlanSummary } from './estimate.js';
import type { Why } from '@elucidate/experiment/why';
import type { PlanChunk } from './plan-chunks.js';

/** Messages between the planner and one of its processes: a request, then its response. A process holds one plan at a time. */

/** A sweep as submitted. */
export interface SpecText {
  text: string;
  format: 'json' | 'yaml';
}

/** A plan that a process holds: the spec as JSON, its content id, and how large it is. */
export interface HeldPlan {
  name: string;
  spec: string;
  specHash: string;
  stages: number;
}

/** By type: the request to the process, and its response. */
export interface Requests {
  /** Reads and plans a sweep, replacing the previous one. */
  plan: { argument: SpecText; result: HeldPlan };
  /** The next rows of the plan, null after the last. */
  chunk: { argument: null; result: PlanChunk | null };
  /** The ids of the next stages, at most a thousand; null after the last. */
  ids: { argument: null; result: readonly string[] | null };
  /** Tells the process which stages are done. */
  done: { argument: ReadonlySet<string>; result: null };
  /** What the sweep would cost, given the stages reported as done. */
  summary: { argument: DryRun['rates']; result: PlanSummary };
  /** Why stages run, as far as that needs no look at what exists. */
  why: { argument: null; result: Why };
}

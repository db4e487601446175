import type { Failure } from '@elucidate/experiment/failure';
import type { DryRun, PlanSummary } from './estimate.js';
import type { PlanChunk } from './plan-chunks.js';

/** What the planner and a thread of it tell each other: a request, then its answer. A thread holds one plan at a time. */

/** A sweep as it was sent. */
export interface SpecText {
  text: string;
  format: 'json' | 'yaml';
}

/** A plan that a thread holds: the spec as JSON, its content id, and how large it is. */
export interface HeldPlan {
  name: string;
  spec: string;
  specHash: string;
  stages: number;
}

/** By type: what goes to the thread, and what comes back. */
export interface Requests {
  /** Reads and plans a sweep, in place of the one before. */
  plan: { argument: SpecText; result: HeldPlan };
  /** The next rows of the plan, null after the last. */
  chunk: { argument: null; result: PlanChunk | null };
  /** The ids of the next thousands of stages, with commas between; null after the last. */
  ids: { argument: null; result: string | null };
  /** What the sweep would take. `done`: lists of ids like those. */
  summary: { argument: { done: readonly string[]; rates: DryRun['rates'] }; result: PlanSummary };
}

export type RequestType = keyof Requests;
export type Request = { [R in RequestType]: { type: R; argument: Requests[R]['argument'] } }[RequestType];

/** `fault`: an error that nobody foresaw, with its stack. */
export type Answer = { result: unknown } | { failure: Failure } | { fault: string };

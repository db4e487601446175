import { ElucidateError } from '@elucidate/experiment/errors';
import { doneStages } from '@elucidate/store/queries/stages';
import type { Sql } from './sql.js';
import type { DryRun, PlanSummary } from './estimate.js';
import type { PlanChunk } from './plan-chunks.js';
import type { SpecText } from './plan-messages.js';
import { PlanningThread } from './planning-thread.js';
import type { PlannedSweep } from './submit.js';

/** One holds the plan of a large submission while its rows are written; the other serves the rest. */
const maxThreads = 2;
/** Sweeps that may wait for a thread. */
const maxWaiting = 32;
/** A thread that held a plan with more stages than this is ended, to free its memory. */
const keptStages = 20_000;

/** A plan in a thread, available until `planning` returns. */
export interface ThreadPlan extends PlannedSweep {
  /** Can be read only once. */
  chunks: AsyncIterable<PlanChunk>;
  /** What the sweep would cost, given the stages already done in the database. Nothing is written. */
  summary(sql: Sql, rates: DryRun['rates']): Promise<PlanSummary>;
}

/** Reads and plans sweeps in separate threads, so that the caller's event loop stays free. */
export class Planner {
  private readonly idle: PlanningThread[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  /**
   * Reads and plans a sweep and passes it to `use`. Throws what parseSpec throws, 'request.invalid' for text that is not JSON
   * though it should be, 'spec.too_large' for a sweep that takes too long, and 'server.busy' when too many sweeps are already waiting.
   */
  async planning<T>(spec: SpecText, use: (plan: ThreadPlan) => Promise<T>): Promise<T> {
    await this.turn();
    let thread: PlanningThread | undefined;
    let large = false;
    try {
      const planning = (thread = this.idle.pop() ?? new PlanningThread());
      const { stages, ...held } = await planning.request('plan', spec);
      large = stages > keptStages;
      return await use({ ...held, chunks: chunksOf(planning), summary: (sql, rates) => summaryOf(planning, sql, rates) });
    } finally {
      if (large) thread?.end(new Error('The thread held a large plan'));
      if (thread?.alive) this.idle.push(thread);
      this.next();
    }
  }

  /** Ends idle threads. */
  close(): void {
    for (const thread of this.idle.splice(0)) thread.end(new Error('The planner is closed'));
  }

  private async turn(): Promise<void> {
    if (this.busy < maxThreads) {
      this.busy += 1;
      return;
    }
    if (this.waiting.length >= maxWaiting) throw new ElucidateError('server.busy', `${maxWaiting} sweeps wait to be planned already; try again in a minute`);
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The longest-waiting request takes the place of the one that finished. */
  private next(): void {
    const resume = this.waiting.shift();
    if (resume === undefined) this.busy -= 1;
    else resume();
  }
}

async function* chunksOf(thread: PlanningThread): AsyncGenerator<PlanChunk> {
  for (let chunk = await thread.request('chunk', null); chunk !== null; chunk = await thread.request('chunk', null)) yield chunk;
}

async function summaryOf(thread: PlanningThread, sql: Sql, rates: DryRun['rates']): Promise<PlanSummary> {
  for (let ids = await thread.request('ids', null); ids !== null; ids = await thread.request('ids', null)) await thread.request('done', await doneStages(sql, ids));
  return thread.request('summary', rates);
}

import { ElucidateError } from '@elucidate/experiment/errors';
import { doneStages } from '@elucidate/store/queries/stages';
import type { Sql } from './sql.js';
import type { DryRun, PlanSummary } from './estimate.js';
import type { PlanChunk } from './plan-chunks.js';
import type { SpecText } from './plan-messages.js';
import { PlanningProcess } from './planning-process.js';
import type { PlannedSweep } from './submit.js';

/** One holds the plan of a large submission while its rows are written; the other serves the rest. */
const maxProcesses = 2;
/** Sweeps that may wait for a process. */
const maxWaiting = 32;
/** A process that held a plan with more stages than this is ended, to free its memory. */
const keptStages = 20_000;

/** A plan in a planning process, available until `planning` returns. */
export interface HeldSweep extends PlannedSweep {
  /** Can be read only once. */
  chunks: AsyncIterable<PlanChunk>;
  /** What the sweep would cost, given the stages already done in the database. Nothing is written. */
  summary(sql: Sql, rates: DryRun['rates']): Promise<PlanSummary>;
}

/** Reads and plans sweeps in processes of their own, so that the caller's event loop stays free and its memory does not grow with a sweep. */
export class Planner {
  private readonly idle: PlanningProcess[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  /**
   * Reads and plans a sweep and passes it to `use`. Throws what parseSpec throws, 'request.invalid' for text that is not JSON
   * though it should be, 'spec.too_large' for a sweep that takes too long, and 'server.busy' when too many sweeps are already waiting.
   */
  async planning<T>(spec: SpecText, use: (plan: HeldSweep) => Promise<T>): Promise<T> {
    await this.turn();
    const planning = this.idleProcess() ?? new PlanningProcess();
    let large = false;
    try {
      const { stages, ...held } = await planning.request('plan', spec);
      large = stages > keptStages;
      return await use({ ...held, chunks: chunksOf(planning), summary: (sql, rates) => summaryOf(planning, sql, rates) });
    } finally {
      if (large) planning.end(new Error('The process held a large plan'));
      if (planning.alive) this.idle.push(planning);
      this.next();
    }
  }

  /** Ends idle processes. */
  close(): void {
    for (const planning of this.idle.splice(0)) planning.end(new Error('The planner is closed'));
  }

  /** One that was killed while it was idle is passed over. */
  private idleProcess(): PlanningProcess | undefined {
    for (let planning = this.idle.pop(); planning !== undefined; planning = this.idle.pop()) if (planning.alive) return planning;
    return undefined;
  }

  private async turn(): Promise<void> {
    if (this.busy < maxProcesses) {
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

async function* chunksOf(planning: PlanningProcess): AsyncGenerator<PlanChunk> {
  for (let chunk = await planning.request('chunk', null); chunk !== null; chunk = await planning.request('chunk', null)) yield chunk;
}

async function summaryOf(planning: PlanningProcess, sql: Sql, rates: DryRun['rates']): Promise<PlanSummary> {
  for (let ids = await planning.request('ids', null); ids !== null; ids = await planning.request('ids', null)) await planning.request('done', await doneStages(sql, ids));
  return planning.request('summary', rates);
}

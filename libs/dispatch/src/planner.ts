import type { Principal } from '@elucidate/store/principal';
import { whyRun } from '@elucidate/store/queries/near-stages';
import { doneStages } from '@elucidate/store/queries/stages';
import type { Sql } from './sql.js';
import type { DryRun, PlanSummary } from './estimate.js';
import type { PlanChunk } from './plan-chunks.js';
import type { AnsweringProcess } from './answering-process.js';
import type { Requests, SpecText } from './plan-messages.js';
import { planningProcess } from './planning-process.js';
import { ProcessPool } from './process-pool.js';
import type { PlannedSweep } from './submit.js';

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
  /** The same with why stages run, compared with what the principal sees. */
  summaryWithWhy(sql: Sql, rates: DryRun['rates'], principal: Principal): Promise<PlanSummary>;
}

/** Reads and plans sweeps in processes of their own, so that the caller's event loop stays free and its memory does not grow with a sweep. */
export class Planner {
  /** One process holds the plan of a large submission while its rows are written; the other serves the rest. */
  private readonly processes = new ProcessPool<Requests>(planningProcess, { processes: 2, waiting: maxWaiting, refusal: `${maxWaiting} sweeps wait to be planned already; try again in a minute`, idleMs: 60_000 });

  /**
   * Reads and plans a sweep and passes it to `use`. Throws what parseSpec throws, 'request.invalid' for text that is not JSON
   * though it should be, 'spec.too_large' for a sweep that takes too long, and 'server.busy' when too many sweeps are already waiting.
   */
  planning<T>(spec: SpecText, use: (plan: HeldSweep) => Promise<T>): Promise<T> {
    return this.processes.using(async (planning) => {
      const { stages, ...held } = await planning.request('plan', spec);
      try {
        return await use({ ...held, chunks: chunksOf(planning), summary: (sql, rates) => summaryOf(planning, sql, rates), summaryWithWhy: async (sql, rates, principal) => ({ ...await summaryOf(planning, sql, rates), why: await whyRun(sql, await planning.request('why', null), principal) }) });
      } finally {
        if (stages > keptStages) planning.end(new Error('The process held a large plan'));
      }
    });
  }

  /** Ends idle processes. */
  close(): void {
    this.processes.close();
  }
}

type PlanningProcess = AnsweringProcess<Requests>;

async function* chunksOf(planning: PlanningProcess): AsyncGenerator<PlanChunk> {
  for (let chunk = await planning.request('chunk', null); chunk !== null; chunk = await planning.request('chunk', null)) yield chunk;
}

async function summaryOf(planning: PlanningProcess, sql: Sql, rates: DryRun['rates']): Promise<PlanSummary> {
  for (let ids = await planning.request('ids', null); ids !== null; ids = await planning.request('ids', null)) await planning.request('done', await doneStages(sql, ids));
  return planning.request('summary', rates);
}

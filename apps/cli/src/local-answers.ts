import { cancelSweep } from '@elucidate/dispatch/cancel';
import { deleteSweep } from '@elucidate/dispatch/delete';
import { editSweep } from '@elucidate/dispatch/edit';
import { extendSweep } from '@elucidate/dispatch/extend';
import type { Queue } from '@elucidate/dispatch/queue';
import { retryFailed, retryStages } from '@elucidate/dispatch/retry';
import { pauseSweep, prioritiseSweep, resumeSweep, stopSweep } from '@elucidate/dispatch/steer';
import { plannedSweep, submitPlan } from '@elucidate/dispatch/submit';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import type { Spec } from '@elucidate/experiment/spec';
import { gatherReport } from '@elucidate/report/gather';
import { renderReport } from '@elucidate/report/report';
import { localPrincipal } from '@elucidate/store/principal';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { cellDetail } from '@elucidate/store/queries/cell-detail';
import { failuresOf } from '@elucidate/store/queries/failures';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { attemptLog } from '@elucidate/store/queries/logs';
import { publishedTable, publishedTables } from '@elucidate/store/queries/papers';
import { stageIdsOf } from '@elucidate/store/queries/stage-ids';
import { getStage, listStages } from '@elucidate/store/queries/stages';
import { sweepPlot, sweepPlots } from '@elucidate/store/queries/sweep-plot';
import { sweepTables } from '@elucidate/store/queries/sweep-tables';
import { getSweep, listSweeps } from '@elucidate/store/queries/sweeps';
import { allTrials } from '@elucidate/store/queries/trials';
import { listWorkers, releaseWorker } from '@elucidate/store/queries/workers';
import type { Store } from '@elucidate/store/store';
import type { Answers, EditAnswer, EditRequest } from './answers.js';
import { allPages } from './leaderboard-pages.js';
import { everyPage } from './stage-pages.js';

export interface LocalAnswersOptions {
  store: Store;
  queue: Queue;
  source: string;
  close(): Promise<void>;
}

/** Answers from the database, without an API. */
export function localAnswers({ store, queue, source, close }: LocalAnswersOptions): Answers {
  const known = async (id: string) => {
    const sweep = await getSweep(store.db, id, localPrincipal);
    if (sweep === null) throw new ElucidateError('not_found', `There is no sweep ${id} in ${source}; \`elucidate status\` lists all sweeps`);
    return sweep;
  };
  const edit = async (id: string, spec: Spec, { version, dryRun }: EditRequest & { version: number }): Promise<EditAnswer> => {
    const { id: sweepId } = await known(id);
    const edited = await editSweep(store, queue, plannedSweep(spec, planSweep(spec)), { sweepId, principal: localPrincipal, version, dryRun });
    return { dryRun, ...edited, sweep: await known(sweepId) };
  };
  return {
    source,
    sweeps: async (limit) => (await listSweeps(store.db, localPrincipal, { limit })).sweeps,
    sweep: known,
    stages: async (id, filter) => {
      const { id: sweepId } = await known(id);
      return everyPage((cursor) => listStages(store.db, { ...filter, sweepId, limit: 1000, cursor }));
    },
    running: async (sweepId) => (await listStages(store.db, { sweepId, state: 'running', limit: 50 })).stages,
    failures: async (id) => failuresOf(store.db, (await known(id)).id),
    leaderboard: async (sweepId, metric) => allPages(async (cursor) => leaderboard(store.db, localPrincipal, { sweepId: (await known(sweepId)).id, metric, limit: 1000, cursor })),
    tables: async (id) => sweepTables(store.db, (await known(id)).id),
    table: async (sweepId, request) => ablationTable(store.db, { sweepId: (await known(sweepId)).id, ...request }),
    plots: async (id) => sweepPlots(store.db, (await known(id)).id),
    plot: async (id, request) => sweepPlot(store.db, { sweepId: (await known(id)).id, ...request }),
    cell: async (id, sweep) => {
      const found = await cellDetail(store.db, { cell: id, sweepId: sweep === undefined ? undefined : (await known(sweep)).id, principal: localPrincipal });
      if (found === null) throw new ElucidateError('not_found', `There is no configuration ${JSON.stringify(id)} in ${sweep === undefined ? source : `sweep ${sweep}`}; \`elucidate trials\` lists those of a sweep`);
      return found;
    },
    artifact: (hash) => store.artifacts.openRead(hash),
    report: async (id) => renderReport(await gatherReport(store, await known(id), localPrincipal)),
    trials: async function* (id) {
      yield* allTrials(store.db, (await known(id)).id);
    },
    papers: () => publishedTables(store.db),
    paper: async (table, { sweep, fixed }) => publishedTable(store.db, localPrincipal, { table, sweepId: sweep === undefined ? undefined : (await known(sweep)).id, fixed }),
    cancel: async (id) => void (await cancelSweep(store, id, localPrincipal)),
    remove: async (id, version) => (await deleteSweep(store, (await known(id)).id, version)).stages,
    retry: async (sweepId, { failed = false, stages }) => {
      const some = stages === undefined ? (failed ? 'failed' : undefined) : await stageIdsOf(store.db, sweepId, stages);
      await (some === undefined ? retryFailed(store, queue, sweepId, localPrincipal) : retryStages(store, queue, { sweepId, principal: localPrincipal, stages: some }));
    },
    pause: (id) => pauseSweep(store, id, localPrincipal),
    resume: (id) => resumeSweep(store, queue, id, localPrincipal),
    stop: (id) => stopSweep(store, id, localPrincipal),
    prioritise: (sweepId, precedence) => prioritiseSweep(store, { sweepId, principal: localPrincipal, precedence }),
    named: async (name) => (await listSweeps(store.db, localPrincipal, { name })).sweeps,
    submit: async ({ spec }) => known((await submitPlan(store, queue, plannedSweep(spec, planSweep(spec)), { principal: localPrincipal })).sweepId),
    edit: (id, { spec }, request) => edit(id, spec, request),
    extend: async (id, extension, { version, dryRun }) => extendSweep(store, { sweepId: (await known(id)).id, extension, version: version ?? null }, (document, seen) => edit(id, parseSpec(document), { version: seen, dryRun })),
    log: async (idOrStart, attempt) => {
      const stage = /^[0-9a-f]{8,64}$/.test(idOrStart) ? await getStage(store.db, idOrStart, localPrincipal) : null;
      if (stage === null) throw new ElucidateError('not_found', `There is no stage ${JSON.stringify(idOrStart)} in ${source}; give its id, or at least the first 8 digits: \`elucidate stages SWEEP\` lists those of a sweep`);
      return attemptLog(store, stage.id, attempt);
    },
    workers: () => listWorkers(store.db, { gone: true }),
    releaseWorker: (id, kind) => releaseWorker(store.db, id, kind),
    close,
  };
}

import { adviseOn } from '@elucidate/dispatch/advise';
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
import { sweepLosses } from '@elucidate/report/sweep-losses';
import { localPrincipal } from '@elucidate/store/principal';
import { ablationTable } from '@elucidate/store/queries/ablation';
import { cellDetail } from '@elucidate/store/queries/cell-detail';
import { failuresOf } from '@elucidate/store/queries/failures';
import { deleteImport, importDetail, importedForSweep, importResults, listImports } from '@elucidate/store/queries/imports';
import { ledgers, sweepLedger } from '@elucidate/store/queries/ledger';
import { leaderboard } from '@elucidate/store/queries/leaderboard';
import { attemptLog } from '@elucidate/store/queries/logs';
import { metricsOfSweep } from '@elucidate/store/queries/metrics';
import { publishedTable, publishedTables } from '@elucidate/store/queries/papers';
import { resultProvenance } from '@elucidate/store/queries/provenance';
import { stageIdsOf } from '@elucidate/store/queries/stage-ids';
import { getStage, listStages } from '@elucidate/store/queries/stages';
import { sweepLadder } from '@elucidate/store/queries/sweep-ladder';
import { sweepEffects } from '@elucidate/store/queries/sweep-effects';
import { recordEta, sweepEta } from '@elucidate/store/queries/sweep-eta';
import { sweepPlot, sweepPlots } from '@elucidate/store/queries/sweep-plot';
import { sweepParallel } from '@elucidate/store/queries/sweep-parallel';
import { sweepPareto } from '@elucidate/store/queries/sweep-pareto';
import { sweepTables } from '@elucidate/store/queries/sweep-tables';
import { getSweep, listSweeps } from '@elucidate/store/queries/sweeps';
import { sweepSizes } from '@elucidate/store/queries/sweep-sizes';
import { sweepTrajectories } from '@elucidate/store/queries/trajectories';
import { allTrials } from '@elucidate/store/queries/trials';
import { listWorkers, releaseWorker } from '@elucidate/store/queries/workers';
import type { Store } from '@elucidate/store/store';
import type { Answers, EditAnswer, EditRequest } from './answers.js';
import { keepAll } from '@elucidate/experiment/parallel';
import { allPages } from './leaderboard-pages.js';
import { everyPage } from './every-page.js';

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
  const stageOf = async (idOrStart: string) => {
    const stage = /^[0-9a-f]{8,64}$/.test(idOrStart) ? await getStage(store.db, idOrStart, localPrincipal) : null;
    if (stage === null) throw new ElucidateError('not_found', `There is no stage ${JSON.stringify(idOrStart)} in ${source}; give its id, or at least the first 8 digits: \`elucidate stages SWEEP\` lists those of a sweep`);
    return stage;
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
      return everyPage((cursor) => listStages(store.db, { ...filter, sweepId, limit: 1000, cursor }), ({ stages }) => stages);
    },
    running: async (sweepId) => (await listStages(store.db, { sweepId, state: 'running', limit: 50 })).stages,
    failures: async (id) => failuresOf(store.db, (await known(id)).id),
    leaderboard: async (sweepId, metric, keep) => allPages(async (cursor) => leaderboard(store.db, localPrincipal, { sweepId: (await known(sweepId)).id, metric, limit: 1000, cursor, ...(keep && { kept: { ...keepAll, keep } }) })),
    leaderboardOfAll: async (most, metric) => allPages((cursor) => leaderboard(store.db, localPrincipal, { metric, limit: 200, cursor }), most),
    advice: async (id, metric) => adviseOn(store, (await known(id)).id, metric),
    tables: async (id) => sweepTables(store.db, (await known(id)).id),
    table: async (sweepId, request) => ablationTable(store.db, { sweepId: (await known(sweepId)).id, ...request }),
    plots: async (id) => sweepPlots(store.db, (await known(id)).id),
    plot: async (id, request) => sweepPlot(store.db, { sweepId: (await known(id)).id, ...request }),
    effects: async (id, request) => sweepEffects(store.db, { sweepId: (await known(id)).id, ...request }),
    ladder: async (id, request) => sweepLadder(store.db, { sweepId: (await known(id)).id, ...request }),
    parallel: async (id) => sweepParallel(store.db, { sweepId: (await known(id)).id }),
    pareto: async (id, request) => sweepPareto(store.db, { sweepId: (await known(id)).id, ...request }),
    losses: async (id) => sweepLosses(store, (await known(id)).id),
    trajectories: async (id) => sweepTrajectories(store.db, { sweepId: (await known(id)).id }),
    sizes: async (id, metric) => sweepSizes(store.db, { sweepId: (await known(id)).id, metric }),
    cell: async (id, sweep) => {
      const found = await cellDetail(store.db, { cell: id, sweepId: sweep === undefined ? undefined : (await known(sweep)).id, principal: localPrincipal });
      if (found === null) throw new ElucidateError('not_found', `There is no configuration ${JSON.stringify(id)} in ${sweep === undefined ? source : `sweep ${sweep}`}; \`elucidate trials\` lists those of a sweep`);
      return found;
    },
    provenance: async (idOrStart) => resultProvenance(store.db, (await stageOf(idOrStart)).id, localPrincipal),
    eta: async (id) => {
      const sweep = await known(id);
      const expected = await sweepEta(store.db, sweep);
      // no API notes it
      await recordEta(store.db, sweep, expected.eta);
      return expected;
    },
    ledger: async (id) => sweepLedger(store.db, await known(id)),
    ledgers: (owner) => everyPage((cursor) => ledgers(store.db, localPrincipal, { owner, cursor }), (page) => page.ledgers),
    importResults: (results) => importResults(store.db, localPrincipal, results),
    imports: () => everyPage((cursor) => listImports(store.db, localPrincipal, { limit: 1000, cursor }), (page) => page.imports),
    import: (id) => importDetail(store.db, localPrincipal, id),
    removeImport: (id) => deleteImport(store.db, localPrincipal, id),
    imported: async (id, metric) => importedForSweep(store.db, localPrincipal, { sweepId: (await known(id)).id, metric: metric ?? (await metricsOfSweep(store.db, id))[0]! }),
    artifact: (hash) => store.artifacts.openRead(hash),
    report: async (id) => renderReport(await gatherReport(store, await known(id), { principal: localPrincipal })),
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
    searched: async (text) => (await listSweeps(store.db, localPrincipal, { search: text })).sweeps,
    named: async (name) => (await listSweeps(store.db, localPrincipal, { name })).sweeps,
    submit: async ({ spec }) => known((await submitPlan(store, queue, plannedSweep(spec, planSweep(spec)), { principal: localPrincipal })).sweepId),
    edit: (id, { spec }, request) => edit(id, spec, request),
    extend: async (id, extension, { version, dryRun }) => extendSweep(store, { sweepId: (await known(id)).id, extension, version: version ?? null }, (document, seen) => edit(id, parseSpec(document), { version: seen, dryRun })),
    log: async (idOrStart, attempt) => attemptLog(store, (await stageOf(idOrStart)).id, attempt),
    workers: () => listWorkers(store.db, { gone: true }),
    releaseWorker: (id, kind) => releaseWorker(store.db, id, kind),
    close,
  };
}

import type { Advice } from '@elucidate/experiment/advice-offers';
import type { AblationName } from '@elucidate/experiment/ablations';
import type { SweepEffects } from '@elucidate/experiment/effects';
import type { Ladder } from '@elucidate/experiment/ladder';
import type { SweepFailures } from '@elucidate/experiment/failure-groups';
import type { SweepLedger } from '@elucidate/experiment/ledger';
import type { PaperSummary, PublishedTable } from '@elucidate/experiment/paper-table';
import type { AskedScores } from '@elucidate/experiment/score-basis';
import type { AblationTable, LeaderboardPage } from '@elucidate/experiment/tables';
import type { MetricPlot, PlotRequest } from '@elucidate/experiment/plot';
import type { ParallelPlot } from '@elucidate/experiment/parallel';
import type { Pareto } from '@elucidate/experiment/pareto';
import type { SizePlot } from '@elucidate/experiment/size-plot';
import type { TrajectoryPlot } from '@elucidate/experiment/trajectory-plot';
import type { TrialsPage } from '@elucidate/experiment/trials';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { ImportDetail, ImportedForSweep, ImportSummary } from '@elucidate/store/queries/imports';
import type { AttemptLog } from '@elucidate/store/queries/logs';
import type { ResultProvenance } from '@elucidate/store/queries/provenance';
import type { SweepEta } from '@elucidate/store/queries/sweep-eta';
import type { ListedStage } from '@elucidate/store/queries/stages';
import type { WorkerRow } from '@elucidate/store/queries/workers';
import type { SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
import type { LossPlot } from '@elucidate/report/sweep-losses';
import type { ParetoQuestion } from '@elucidate/store/queries/sweep-pareto';
import type { Answers, EditAnswer, PaperRequest, TableRequest } from './answers.js';
import type { ApiClient } from './api-client.js';
import { allPages } from './leaderboard-pages.js';
import { everyPage } from './every-page.js';

/** What was given, as a query. */
const given = (request: Readonly<Record<string, string | undefined>>): string => new URLSearchParams(Object.entries(request).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();

const asked = ({ n, evaluator }: AskedScores = {}): Record<string, string | undefined> => ({ n: n?.toString(), evaluator });

const tablePath = (id: string, { name, metric, fixed, scores }: TableRequest): string => {
  const query = new URLSearchParams(given({ metric, ...asked(scores) }));
  for (const [key, label] of Object.entries(fixed)) query.append('fixed', `${key}:${label}`);
  return `/v1/sweeps/${id}/tables/${name}?${query.toString()}`;
};

const paretoPath = (id: string, { by, metric, fixed = {} }: Omit<ParetoQuestion, 'sweepId'>): string => {
  const query = new URLSearchParams({ format: 'json', ...(by !== undefined && { by }), ...(metric !== undefined && { metric }) });
  for (const [key, label] of Object.entries(fixed)) query.append('fixed', `${key}:${label}`);
  return `/v1/sweeps/${id}/pareto?${query.toString()}`;
};

const plotPath = (id: string, { fixed = {}, scores, ...axes }: PlotRequest & Pick<TableRequest, 'scores'>): string => {
  const query = new URLSearchParams(given({ format: 'json', ...axes, ...asked(scores) }));
  for (const [key, label] of Object.entries(fixed)) query.append('fixed', `${key}:${label}`);
  return `/v1/sweeps/${id}/plot?${query.toString()}`;
};

async function* trialPages(api: ApiClient, id: string): AsyncGenerator<TrialsPage> {
  let cursor: string | null = null;
  do {
    const page: TrialsPage = await api.get(`/v1/sweeps/${id}/trials?limit=1000${cursor === null ? '' : `&cursor=${cursor}`}`);
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

const paperPath = (table: string, { sweep, fixed }: PaperRequest): string => {
  const query = new URLSearchParams(sweep === undefined ? {} : { sweep });
  for (const [key, label] of Object.entries(fixed)) query.append('fixed', `${key}:${label}`);
  return `/v1/papers/${encodeURIComponent(table)}?${query.toString()}`;
};

/** Answers over HTTP. */
export const apiAnswers = (api: ApiClient): Answers => ({
  source: api.url,
  sweeps: async (limit) => (await api.get<{ sweeps: SweepSummary[] }>(`/v1/sweeps?limit=${limit}`)).sweeps,
  sweep: (id) => api.get<SweepDetail>(`/v1/sweeps/${id}`),
  stages: (id, filter) => everyPage((cursor) => api.get<{ stages: ListedStage[]; nextCursor: string | null }>(`/v1/sweeps/${id}/stages?${new URLSearchParams({ ...filter, limit: '200', ...(cursor !== undefined && { cursor }) }).toString()}`), (page) => page.stages),
  running: async (id) => (await api.get<{ stages: ListedStage[] }>(`/v1/sweeps/${id}/stages?state=running`)).stages,
  failures: (id) => api.get<SweepFailures>(`/v1/sweeps/${id}/failures`),
  leaderboard: async (id, metric, keep = {}) => {
    const kept = Object.entries(keep).flatMap(([key, labels]) => labels.map((label): [string, string] => ['keep', `${key}:${label}`]));
    const asked = (cursor: string | undefined): URLSearchParams => {
      const query = new URLSearchParams({ limit: '200', ...(metric !== undefined && { metric }), ...(cursor !== undefined && { cursor }) });
      for (const [name, value] of kept) query.append(name, value);
      return query;
    };
    return allPages((cursor) => api.get<LeaderboardPage>(`/v1/sweeps/${id}/leaderboard?${asked(cursor).toString()}`));
  },
  leaderboardOfAll: async (most, metric) => allPages((cursor) => api.get<LeaderboardPage>(`/v1/leaderboard?${new URLSearchParams({ limit: '200', ...(metric !== undefined && { metric }), ...(cursor !== undefined && { cursor }) }).toString()}`), most),
  advice: (id, metric) => api.get<Advice>(`/v1/sweeps/${id}/advice${metric === undefined ? '' : `?${new URLSearchParams({ metric }).toString()}`}`),
  tables: async (id) => (await api.get<{ tables: { name: AblationName }[] }>(`/v1/sweeps/${id}/tables`)).tables.map(({ name }) => name),
  table: (id, request) => api.get<AblationTable>(tablePath(id, request)),
  plots: async (id) => (await api.get<{ plots: PlotRequest[] }>(`/v1/sweeps/${id}/plots`)).plots,
  plot: (id, request) => api.get<MetricPlot>(plotPath(id, request)),
  effects: (id, request) => api.get<SweepEffects>(`/v1/sweeps/${id}/effects?${given({ format: 'json', ...request })}`),
  ladder: (id, { steps, ...request }) => api.get<Ladder>(`/v1/sweeps/${id}/ladder?${given({ format: 'json', ...request, steps: steps?.join(',') })}`),
  parallel: (id) => api.get<ParallelPlot>(`/v1/sweeps/${id}/parallel?format=json`),
  pareto: (id, request) => api.get<Pareto>(paretoPath(id, request)),
  losses: (id) => api.get<LossPlot>(`/v1/sweeps/${id}/losses?format=json`),
  trajectories: async (id) => (await api.get<{ trajectories: TrajectoryPlot[] }>(`/v1/sweeps/${id}/trajectories?format=json`)).trajectories,
  sizes: (id, metric) => api.get<SizePlot>(`/v1/sweeps/${id}/sizes?${new URLSearchParams({ format: 'json', ...(metric !== undefined && { metric }) }).toString()}`),
  cell: (id, sweep) => api.get<CellDetail>(`/v1/cells/${encodeURIComponent(id)}${sweep === undefined ? '' : `?sweep=${encodeURIComponent(sweep)}`}`),
  provenance: (stage) => api.get<ResultProvenance>(`/v1/stages/${encodeURIComponent(stage)}/provenance`),
  eta: (id) => api.get<SweepEta>(`/v1/sweeps/${id}/eta`),
  ledger: (id) => api.get<SweepLedger>(`/v1/sweeps/${id}/ledger`),
  ledgers: (owner) => everyPage((cursor) => api.get<{ ledgers: SweepLedger[]; nextCursor: string | null }>(`/v1/ledgers?${new URLSearchParams({ ...(owner !== undefined && { owner }), ...(cursor !== undefined && { cursor }) }).toString()}`), (page) => page.ledgers),
  importResults: (results) => api.post<ImportSummary & { created: boolean }>('/v1/imports', { body: JSON.stringify(results), contentType: 'application/json' }),
  imports: () => everyPage((cursor) => api.get<{ imports: ImportSummary[]; nextCursor: string | null }>(`/v1/imports?${new URLSearchParams({ limit: '200', ...(cursor !== undefined && { cursor }) }).toString()}`), (page) => page.imports),
  import: (id) => api.get<ImportDetail>(`/v1/imports/${encodeURIComponent(id)}`),
  removeImport: (id) => api.send<ImportSummary>('DELETE', `/v1/imports/${encodeURIComponent(id)}`),
  imported: (id, metric) => api.get<ImportedForSweep>(`/v1/sweeps/${id}/imported${metric === undefined ? '' : `?${new URLSearchParams({ metric }).toString()}`}`),
  artifact: async function* (hash) {
    yield await api.bytes(`/v1/artifacts/${hash}`);
  },
  report: (id) => api.text(`/v1/sweeps/${id}/report`),
  trials: (id) => trialPages(api, id),
  papers: async () => (await api.get<{ tables: PaperSummary[] }>('/v1/papers')).tables,
  paper: (table, request) => api.get<PublishedTable>(paperPath(table, request)),
  cancel: async (id) => void (await api.post(`/v1/sweeps/${id}/cancel`)),
  remove: async (id, version) => (await api.send<{ stages: number }>('DELETE', `/v1/sweeps/${id}`, { version })).stages,
  retry: async (id, some) => void (await api.post(`/v1/sweeps/${id}/retry`, { body: JSON.stringify(some), contentType: 'application/json' })),
  pause: async (id) => void (await api.post(`/v1/sweeps/${id}/pause`)),
  resume: async (id) => void (await api.post(`/v1/sweeps/${id}/resume`)),
  stop: async (id) => void (await api.post(`/v1/sweeps/${id}/stop`)),
  prioritise: async (id, precedence) => void (await api.send('PATCH', `/v1/sweeps/${id}`, { body: JSON.stringify(precedence), contentType: 'application/json' })),
  searched: async (text) => (await api.get<{ sweeps: SweepSummary[] }>(`/v1/sweeps?${new URLSearchParams({ search: text }).toString()}`)).sweeps,
  named: async (name) => (await api.get<{ sweeps: SweepSummary[] }>(`/v1/sweeps?${new URLSearchParams({ name }).toString()}`)).sweeps,
  submit: ({ text }) => api.post<SweepDetail>('/v1/sweeps', { body: text }),
  edit: (id, { text }, { version, dryRun }) => api.send<EditAnswer>('PUT', `/v1/sweeps/${id}/spec?dryRun=${dryRun ? 'true' : 'false'}`, { body: text, version }),
  extend: (id, extension, { dryRun, ...seen }) => api.post<EditAnswer>(`/v1/sweeps/${id}/extend?dryRun=${dryRun ? 'true' : 'false'}`, { body: JSON.stringify(extension), contentType: 'application/json', ...seen }),
  log: (stage, attempt) => api.get<AttemptLog>(`/v1/stages/${encodeURIComponent(stage)}/log.json${attempt === undefined ? '' : `?attempt=${attempt}`}`),
  workers: async () => (await api.get<{ workers: WorkerRow[] }>('/v1/workers?gone=true')).workers,
  releaseWorker: (id, kind) => api.post<WorkerRow>(`/v1/workers/${encodeURIComponent(id)}/release${kind === undefined ? '' : `?kind=${kind}`}`),
  close: () => Promise.resolve(),
});

import type { AblationName } from '@elucidate/experiment/ablations';
import type { SweepFailures } from '@elucidate/experiment/failure-groups';
import type { PaperSummary, PublishedTable } from '@elucidate/experiment/paper-table';
import type { AblationTable, LeaderboardPage } from '@elucidate/experiment/tables';
import type { MetricPlot, PlotRequest } from '@elucidate/experiment/plot';
import type { TrialsPage } from '@elucidate/experiment/trials';
import type { CellDetail } from '@elucidate/store/queries/cell-detail';
import type { AttemptLog } from '@elucidate/store/queries/logs';
import type { StageSummary } from '@elucidate/store/queries/stages';
import type { WorkerRow } from '@elucidate/store/queries/workers';
import type { SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
import type { Answers, EditAnswer, PaperRequest, TableRequest } from './answers.js';
import type { ApiClient } from './api-client.js';
import { allPages } from './leaderboard-pages.js';
import { everyPage, type StagesPage } from './stage-pages.js';

const tablePath = (id: string, { name, metric, fixed }: TableRequest): string => {
  const query = new URLSearchParams(metric === undefined ? {} : { metric });
  for (const [key, label] of Object.entries(fixed)) query.append('fixed', `${key}:${label}`);
  return `/v1/sweeps/${id}/tables/${name}?${query.toString()}`;
};

const plotPath = (id: string, { fixed = {}, ...axes }: PlotRequest): string => {
  const query = new URLSearchParams({ format: 'json' });
  for (const [key, value] of Object.entries(axes)) if (value !== undefined) query.append(key, value);
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
  stages: (id, filter) => everyPage((cursor) => api.get<StagesPage>(`/v1/sweeps/${id}/stages?${new URLSearchParams({ ...filter, limit: '200', ...(cursor !== undefined && { cursor }) }).toString()}`)),
  running: async (id) => (await api.get<{ stages: StageSummary[] }>(`/v1/sweeps/${id}/stages?state=running`)).stages,
  failures: (id) => api.get<SweepFailures>(`/v1/sweeps/${id}/failures`),
  leaderboard: async (id, metric) => allPages((cursor) => api.get<LeaderboardPage>(`/v1/sweeps/${id}/leaderboard?${new URLSearchParams({ limit: '200', ...(metric !== undefined && { metric }), ...(cursor !== undefined && { cursor }) }).toString()}`)),
  tables: async (id) => (await api.get<{ tables: { name: AblationName }[] }>(`/v1/sweeps/${id}/tables`)).tables.map(({ name }) => name),
  table: (id, request) => api.get<AblationTable>(tablePath(id, request)),
  plots: async (id) => (await api.get<{ plots: PlotRequest[] }>(`/v1/sweeps/${id}/plots`)).plots,
  plot: (id, request) => api.get<MetricPlot>(plotPath(id, request)),
  cell: (id, sweep) => api.get<CellDetail>(`/v1/cells/${encodeURIComponent(id)}${sweep === undefined ? '' : `?sweep=${encodeURIComponent(sweep)}`}`),
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
  named: async (name) => (await api.get<{ sweeps: SweepSummary[] }>(`/v1/sweeps?${new URLSearchParams({ name }).toString()}`)).sweeps,
  submit: ({ text }) => api.post<SweepDetail>('/v1/sweeps', { body: text }),
  edit: (id, { text }, { version, dryRun }) => api.send<EditAnswer>('PUT', `/v1/sweeps/${id}/spec?dryRun=${dryRun ? 'true' : 'false'}`, { body: text, version }),
  extend: (id, extension, { dryRun, ...seen }) => api.post<EditAnswer>(`/v1/sweeps/${id}/extend?dryRun=${dryRun ? 'true' : 'false'}`, { body: JSON.stringify(extension), contentType: 'application/json', ...seen }),
  log: (stage, attempt) => api.get<AttemptLog>(`/v1/stages/${encodeURIComponent(stage)}/log.json${attempt === undefined ? '' : `?attempt=${attempt}`}`),
  workers: async () => (await api.get<{ workers: WorkerRow[] }>('/v1/workers?gone=true')).workers,
  releaseWorker: (id, kind) => api.post<WorkerRow>(`/v1/workers/${encodeURIComponent(id)}/release${kind === undefined ? '' : `?kind=${kind}`}`),
  close: () => Promise.resolve(),
});

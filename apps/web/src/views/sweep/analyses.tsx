import type { JSX } from 'preact';
import { requestedMetrics } from '@elucidate/experiment/metric-requests';
import { ApiError, api, dataOf } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Choice } from '../../parts/choice.js';
import { Downloads } from '../../parts/downloads.js';
import { pageWords } from '../../parts/page-words.js';
import { Waiting } from '../../parts/waiting.js';
import { useRoute } from '../../route/use-route.js';
import { AlongSampling } from './along-sampling.js';
import { nothingText, resultsVersion, scoredOf } from './results-version.js';
import type { TabProps } from './tab.js';
import { OnlyConfiguration, variesNothing } from './varies-nothing.js';

type Analysis = 'pareto' | 'effects' | 'sizes' | 'losses' | 'trajectories';

const names: Readonly<Record<Analysis, string>> = {
  pareto: 'The best for every budget (Pareto front)',
  effects: 'What matters (analysis of variance)',
  sizes: 'By the number of images, extrapolated',
  losses: 'Losses of the training runs',
  trajectories: 'Along sampling (x0-hat)',
};

const costs = [{ value: 'nfe', label: 'NFE' }, { value: 'sampleSeconds', label: 'seconds of sampling' }, { value: 'totalSeconds', label: 'seconds of training and sampling' }];

/** The picture of an analysis, drawn by the server. */
function svgOf(analysis: Analysis, id: string, { metric, by, signal }: { metric: string | undefined; by: string | undefined; signal: AbortSignal }): Promise<string> {
  const [path, format, parseAs] = [{ id }, 'svg', 'text'] as const;
  const answered = (): Promise<{ data?: unknown; error?: unknown; response: Response }> => {
    switch (analysis) {
      case 'pareto': return api.GET('/v1/sweeps/{id}/pareto', { params: { path, query: { format, metric, by: by as 'nfe' | undefined } }, signal, parseAs });
      case 'effects': return api.GET('/v1/sweeps/{id}/effects', { params: { path, query: { format, metric } }, signal, parseAs });
      case 'sizes': return api.GET('/v1/sweeps/{id}/sizes', { params: { path, query: { format, metric } }, signal, parseAs });
      case 'losses': return api.GET('/v1/sweeps/{id}/losses', { params: { path, query: { format } }, signal, parseAs });
      case 'trajectories': return api.GET('/v1/sweeps/{id}/trajectories', { params: { path, query: { format, metric } }, signal, parseAs });
    }
  };
  return dataOf(answered() as Promise<{ data?: string; error?: unknown; response: Response }>);
}

/** What a sweep does not have yet that an analysis needs. */
function missingFor(analysis: Analysis, sweep: TabProps['sweep']): string | undefined {
  if (analysis !== 'losses') return scoredOf(sweep) === 0 ? nothingText(sweep, 'scored') : undefined;
  const { running, done, failed } = sweep.kinds.find(({ kind }) => kind === 'train')?.states ?? {};
  return running || done || failed ? undefined : 'No training run has begun yet.';
}

/** What else the results say, one picture at a time. */
export function AnalysesTab({ sweep }: TabProps): JSX.Element {
  const { query } = useRoute();
  const of = query.get('of') ?? '';
  const analysis = (Object.hasOwn(names, of) ? of : 'pareto') as Analysis;
  const metrics = requestedMetrics(sweep.spec);
  const missing = missingFor(analysis, sweep);
  return (
    <>
      <div class="controls">
        <Choice name="of" label="Picture" value={analysis} options={Object.entries(names).map(([value, label]) => ({ value, label }))} />
        {analysis !== 'losses' && <Choice name="metric" label="Metric" value={query.get('metric')} options={metrics.map((value) => ({ value, label: value }))} usual={metrics[0]!} />}
        {analysis === 'pareto' && <Choice name="by" label="Cost" value={query.get('by') ?? 'nfe'} options={costs} />}
      </div>
      {analysis === 'effects' && variesNothing(sweep) ? <OnlyConfiguration sweep={sweep} /> : missing === undefined ? <Analysed sweep={sweep} analysis={analysis} /> : <p class="quiet">{missing}</p>}
    </>
  );
}

function Analysed({ sweep, analysis }: TabProps & { analysis: Analysis }): JSX.Element {
  const { id, stages } = sweep;
  const { query } = useRoute();
  const [metric, by] = [query.get('metric') ?? undefined, query.get('by') ?? undefined];
  const answer = useAnswer(JSON.stringify([id, analysis, metric, by]), (signal) => svgOf(analysis, id, { metric, by, signal }), analysis === 'losses' ? stages.done : resultsVersion(sweep));
  // a sweep need not have what an analysis is of
  if (answer.data === undefined && answer.error instanceof ApiError && answer.error.problem.code === 'not_found') return <p>{pageWords(answer.error.message)}.</p>;
  return (
    <Waiting answer={answer}>{(svg) => (
      <>
        <div class="figure" role="group" aria-label={names[analysis]} tabIndex={0} dangerouslySetInnerHTML={{ __html: svg }} />
        <Downloads path={`v1/sweeps/${id}/${analysis}`} query={{ ...(analysis !== 'losses' && { metric }), ...(analysis === 'pareto' && { by }) }} name={`${sweep.name}-${analysis}`} formats={['svg', 'png', 'csv', 'json']} />
        {analysis === 'trajectories' && <AlongSampling sweepId={id} metric={metric} />}
      </>
    )}</Waiting>
  );
}

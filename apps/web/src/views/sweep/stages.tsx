import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { stageGraphFigure } from '@elucidate/figures/figures/stage-graph-figure';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Downloads } from '../../parts/downloads.js';
import { FigureView } from '../../parts/figure.js';
import { choose, useRoute } from '../../route/use-route.js';
import type { TabProps } from './tab.js';

/** The graph of a running sweep is requested again at every fiftieth of its stages, and as the number of those that run changes. */
const refreshes = 50;

function Graph({ sweep }: TabProps): JSX.Element | null {
  const { id, state, stages } = sweep;
  const total = Object.values(stages).reduce((sum, count) => sum + count, 0);
  const version = `${state} ${stages.running ?? 0} ${Math.floor((stages.done ?? 0) / Math.ceil(Math.max(1, total) / refreshes))}`;
  const { data } = useAnswer(`graph ${id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/graph', { params: { path: { id }, query: { format: 'json' } }, signal, parseAs: 'json' })) as Promise<Schemas['StageGraph']>, version);
  const figure = useMemo(() => data && stageGraphFigure(data), [data]);
  if (figure === undefined) return null;
  return <><FigureView figure={figure} least={720} /><Downloads path={`v1/sweeps/${id}/graph`} query={{}} name={`${sweep.name}-stages`} formats={['svg', 'png', 'csv', 'json']} /></>;
}

/** The graph of the stages, where it is wanted; the address says so. */
export function Stages({ sweep }: TabProps): JSX.Element {
  const open = useRoute().query.get('stages') === 'graph';
  return (
    <details open={open} onToggle={({ currentTarget }) => { if (currentTarget.open !== open) choose({ stages: currentTarget.open ? 'graph' : null }); }}>
      <summary>What reads what, what is shared and what was done before</summary>
      {open && <Graph sweep={sweep} />}
    </details>
  );
}

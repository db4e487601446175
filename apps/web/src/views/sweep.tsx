import type { JSX } from 'preact';
import { api, dataOf } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { useAtMostEvery, useEvents } from '../live/use-events.js';
import { lazy } from '../parts/lazy.js';
import { Waiting } from '../parts/waiting.js';
import { hrefOf } from '../route/route.js';
import { Expected } from './sweep/expected.js';
import { Overview } from './sweep/overview.js';
import { Steering } from './sweep/steering.js';
import type { TabProps } from './sweep/tab.js';
import { doingOf } from './sweeps.js';

const tabs: Readonly<Record<string, { name: string; view: (props: TabProps) => JSX.Element }>> = {
  overview: { name: 'Overview', view: Overview },
  plot: { name: 'Plot', view: lazy<TabProps>('plot', async () => (await import('./sweep/plot.js')).PlotTab) },
  analyses: { name: 'Analyses', view: lazy<TabProps>('analyses', async () => (await import('./sweep/analyses.js')).AnalysesTab) },
  parallel: { name: 'Parallel', view: lazy<TabProps>('parallel', async () => (await import('./sweep/parallel.js')).ParallelTab) },
  leaderboard: { name: 'Leaderboard', view: lazy<TabProps>('leaderboard', async () => (await import('./sweep/leaderboard.js')).LeaderboardTab) },
  tables: { name: 'Tables', view: lazy<TabProps>('tables', async () => (await import('./sweep/tables.js')).TablesTab) },
  papers: { name: 'Papers', view: lazy<TabProps>('papers', async () => (await import('./sweep/papers.js')).PapersTab) },
  images: { name: 'Images', view: lazy<TabProps>('images', async () => (await import('./sweep/images.js')).Images) },
  failures: { name: 'Failures', view: lazy<TabProps>('failures', async () => (await import('./sweep/failures.js')).Failures) },
};

/** One sweep, live: its head, and the tab that the address names. */
export function SweepView({ id, tab = 'overview' }: { id: string; tab?: string | undefined }): JSX.Element {
  const answer = useAnswer(`sweep ${id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}', { params: { path: { id } }, signal })));
  useEvents(id, useAtMostEvery(1000, answer.reload));
  const shown = Object.hasOwn(tabs, tab) ? tab : 'overview';
  const View = tabs[shown]!.view;
  return (
    <Waiting answer={answer}>{(sweep) => (
      <>
        <div class="title">
          <h1>{sweep.name}</h1>
          <span class={`badge ${sweep.state}`}>{doingOf(sweep)}</span>
          <code>{sweep.id}</code>
          <Steering sweep={sweep} changed={answer.reload} />
        </div>
        {sweep.state === 'running' && <Expected sweep={sweep} />}
        <nav class="tabs" aria-label="Views of the sweep">
          {Object.entries(tabs).map(([key, { name }]) => <a key={key} href={hrefOf(['sweeps', id, ...(key === 'overview' ? [] : [key])])} aria-current={key === shown ? 'page' : undefined}>{name}</a>)}
        </nav>
        <View sweep={sweep} />
      </>
    )}</Waiting>
  );
}

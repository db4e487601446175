import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { ApiError, api, dataOf, type Schemas } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { useAtMostEvery, useEvents } from '../live/use-events.js';
import { CopyButton } from '../parts/copy-button.js';
import { lazy, type Lazy } from '../parts/lazy.js';
import { Waiting } from '../parts/waiting.js';
import { hrefOf } from '../route/route.js';
import { Expected } from './sweep/expected.js';
import { Overview } from './sweep/overview.js';
import { Steering } from './sweep/steering.js';
import type { TabProps } from './sweep/tab.js';
import { doingOf } from './sweeps.js';

const tabs: Readonly<Record<string, { name: string; view: ((props: TabProps) => JSX.Element) & Partial<Pick<Lazy<TabProps>, 'load'>> }>> = {
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

/** Requests a sweep again as something happens to it. */
function Follow({ sweepId, reload }: { sweepId: string; reload: () => void }): null {
  useEvents(sweepId, useAtMostEvery(1000, reload));
  return null;
}

/** What is left on the page of a sweep that somebody deleted. */
const Deleted = ({ sweep: { id, name, spec } }: { sweep: Schemas['Sweep'] }): JSX.Element => (
  <>
    <div class="title"><h1>{name}</h1><span class="badge">deleted</span><code>{id}</code></div>
    <p role="status">This sweep was deleted while it was shown here, and its results with it. This page still has its file: <CopyButton text={() => JSON.stringify(spec, null, 2)}>Copy the sweep file</CopyButton></p>
    <p><a href={hrefOf([])}>All sweeps</a> · <a href={hrefOf(['new'])}>New sweep</a></p>
  </>
);

/** One sweep, live: its head, and the tab that the address names. */
export function SweepView({ id, tab = 'overview' }: { id: string; tab?: string | undefined }): JSX.Element {
  const answer = useAnswer(`sweep ${id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}', { params: { path: { id } }, signal })));
  const gone = answer.error instanceof ApiError && answer.error.problem.code === 'not_found';
  const shown = Object.hasOwn(tabs, tab) ? tab : 'overview';
  const View = tabs[shown]!.view;
  useEffect(() => View.load?.(), [View]);
  if (gone && answer.data !== undefined) return <Deleted sweep={answer.data} />;
  return (
    <>
      {!gone && <Follow sweepId={id} reload={answer.reload} />}
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
    </>
  );
}

import type { JSX } from 'preact';
import { useCallback, useRef } from 'preact/hooks';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { basesText } from '@elucidate/experiment/basis-words';
import { metricTitle, requestedMetrics } from '@elucidate/experiment/metric-requests';
import { Downloads } from '../../parts/downloads.js';
import { Choice } from '../../parts/choice.js';
import { choose, useRoute } from '../../route/use-route.js';
import { useAnswer } from '../../api/use-answer.js';
import { usePages } from '../../api/use-pages.js';
import { plural } from '@elucidate/experiment/plural';
import { Failure } from '../../parts/waiting.js';
import { VirtualRows } from '../../parts/virtual-rows.js';
import { keptOf, type Kept } from './kept.js';
import { KeptControls } from './kept-controls.js';
import { ariaSortOf, nextSorted, sortedOf, type Sorted } from './sorted.js';
import type { TabProps } from './tab.js';
import { basesIn, boardRows, columnsOf, type BoardRow, type Column } from './leaderboard-columns.js';

const rowHeight = 34;

/** Rows of a page, and of a file that is not CSV. */
const pageRows = 200;

/** What is requested of a leaderboard. */
interface Asked extends Sorted {
  metric: string | undefined;
  kept: Kept;
}

const pageOf = (id: string, { metric, kept, ...sorted }: Asked) => (cursor: string | undefined, signal: AbortSignal): Promise<Schemas['Leaderboard']> =>
  dataOf(api.GET('/v1/sweeps/{id}/leaderboard', { params: { path: { id }, query: { limit: String(pageRows), cursor, metric, ...kept, ...sorted } }, signal, parseAs: 'json' })) as Promise<Schemas['Leaderboard']>;

function Row({ row, columns, template }: { row: BoardRow; columns: readonly Column[]; template: string }): JSX.Element {
  if (row.kind === 'heading') return <div class="board-heading" role="row"><span role="cell">{row.text}</span></div>;
  return (
    <div class={`board-row${row.best ? ' best' : ''}`} role="row" style={{ gridTemplateColumns: template }}>
      {columns.map(({ title, className, cell }) => <span key={title} role="cell" class={className}>{cell(row)}</span>)}
    </div>
  );
}

/** The head of a column; of one that rows can be sorted by a button that does so. */
function Head({ column: { title, className, sort }, sorted }: { column: Column; sorted: Sorted }): JSX.Element {
  if (sort === undefined) return <span role="columnheader" class={className}>{title}</span>;
  const by = sort ?? undefined;
  const now = ariaSortOf(sorted, by);
  return (
    <span role="columnheader" class={className} aria-sort={now}>
      <button class="sort" title={by === undefined ? 'Best first' : `Sort by ${title}`} onClick={() => choose(nextSorted(sorted, by))}>{title}<span class="order" aria-hidden="true">{{ ascending: '▲', descending: '▼', none: '↕' }[now]}</span></button>
    </span>
  );
}

/** Pages, or while the first of another order is on its way, those before: their columns stay, and the head that was clicked keeps the focus. */
function useLastPages(pages: readonly Schemas['Leaderboard'][]): readonly Schemas['Leaderboard'][] {
  const last = useRef(pages);
  if (pages.length > 0) last.current = pages;
  return last.current;
}

/** Every configuration that is kept, best first or sorted by a column, a group for each evaluator and n: what does not compare is never in one order. Pages are fetched as they scroll into view. */
export function LeaderboardTable({ sweep }: TabProps): JSX.Element {
  const { query } = useRoute();
  const metric = query.get('metric') ?? undefined;
  const kept = keptOf(query);
  const sorted = sortedOf(query);
  const asked = JSON.stringify([kept, sorted]);
  const ask = useCallback(pageOf(sweep.id, { metric, kept, ...sorted }), [sweep.id, metric, asked]);
  const { pages, error, more, complete } = usePages(ask);
  const hidden = query.getAll('hide');
  const rows = boardRows(pages);
  const all = columnsOf(useLastPages(pages));
  const columns = all.filter(({ title }) => !hidden.includes(title));
  const template = columns.map(({ width }) => width).join(' ');
  const metrics = requestedMetrics(sweep.spec);
  const isKept = kept.keep.length + kept.within.length > 0;
  const shown = rows.filter(({ kind }) => kind === 'row').length;
  const toggle = (title: string): void => choose({ hide: hidden.includes(title) ? hidden.filter((one) => one !== title) : [...hidden, title] });
  return (
    <>
      <div class="controls">
        <Choice name="metric" label="Rank by" value={query.get('metric')} options={metrics.map((value) => ({ value, label: value }))} usual={metrics[0]!} />
        <details class="columns"><summary>Columns</summary>{all.map(({ title }) => <label key={title}><input type="checkbox" checked={!hidden.includes(title)} onChange={() => toggle(title)} /> {title}</label>)}</details>
        <span class="quiet">{isKept ? `${plural(shown, 'configuration')} of those that are kept` : `${shown} of ${plural(sweep.cells, 'configuration')}`}{complete ? '' : ', more as you scroll'}.</span>
      </div>
      {error && <Failure error={error} />}
      <VirtualRows label={`Leaderboard of ${sweep.name}`} count={rows.length} height={rowHeight} reachedEnd={complete ? undefined : more}
        head={<div class="board-row head" role="row" style={{ gridTemplateColumns: template }}>{columns.map((column) => <Head key={column.title} column={column} sorted={sorted} />)}</div>}
        row={(index) => <Row row={rows[index]!} columns={columns} template={template} />} />
      <Downloads path={`v1/sweeps/${sweep.id}/leaderboard`} query={{ all: 'true', metric, ...kept }} name={`${sweep.name}-leaderboard`} formats={['csv']} what={`${isKept ? 'all that are kept' : 'all'}${sorted.sort === undefined ? '' : ', by rank'}`} />
      <Downloads path={`v1/sweeps/${sweep.id}/leaderboard`} query={{ limit: String(pageRows), metric, ...kept, ...sorted }} name={`${sweep.name}-leaderboard`} formats={['markdown', 'latex', 'json']} what={complete && shown <= pageRows ? undefined : `the first ${pageRows}`} />
      <p class="quiet">In bold: what cannot be told apart from the best{isKept && ' of all'}, by paired differences at the same seeds. [ ]: 95 % interval. Rows without a rank lack trials, or one of theirs diverged.{isKept && ' Ranks are among what is kept.'}{sorted.sort !== undefined && ` Sorted within each group, those with a rank first; ranks are by ${metricTitle(metric ?? metrics[0]!)}.`} {basesText(basesIn(pages))}</p>
    </>
  );
}

/** The leaderboard, and what of it is kept. */
export function LeaderboardTab({ sweep }: TabProps): JSX.Element {
  const plots = useAnswer(`plots ${sweep.id} ${sweep.version}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/plots', { params: { path: { id: sweep.id } }, signal })));
  const kept = keptOf(useRoute().query);
  return (
    <>
      {plots.data && <KeptControls axes={plots.data.axes.filter(({ path }) => path !== 'nfe' && !path.includes('.'))} measures={[{ name: 'nfe', title: 'NFE' }, ...plots.data.metrics.map((name) => ({ name, title: metricTitle(name) }))]} kept={kept} />}
      <LeaderboardTable sweep={sweep} />
    </>
  );
}

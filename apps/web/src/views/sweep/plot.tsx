import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Choice } from '../../parts/choice.js';
import { hrefOf } from '../../route/route.js';
import { choose, useRoute } from '../../route/use-route.js';
import type { TabProps } from './tab.js';
import { MetricPicture, type PlotQuery } from './metric-picture.js';
import { OnlyConfiguration, variesNothing } from './varies-nothing.js';

const options = (names: readonly string[]) => names.map((value) => ({ value, label: value }));

/** Device time is measured, not chosen: only what a metric is drawn across. */
const seconds = [{ value: 'sampleSeconds', label: 'device-seconds of sampling' }, { value: 'totalSeconds', label: 'device-seconds of training and sampling' }];

const flag = (text: string | null): boolean | undefined => (text === null || text === '' ? undefined : text === 'true');

/** The request in an address: everything that the view shows. */
function requestOf(query: URLSearchParams): PlotQuery {
  const one = (name: string): string | undefined => query.get(name) ?? undefined;
  return { metric: one('metric'), x: one('x'), y: one('y'), lines: one('lines'), facets: one('facets'), fixed: query.getAll('fixed'), rest: one('rest') === 'best' ? 'best' : undefined, logX: flag(query.get('logX')), logY: flag(query.get('logY')) };
}

/** Where what is not drawn is fixed; choosing a value keeps the others. */
function Fixed({ plot, choices, fixed }: { plot: Schemas['MetricPlot']; choices: Readonly<Record<string, readonly string[]>>; fixed: readonly string[] }): JSX.Element {
  const varying = Object.entries(plot.fixed).filter(([name]) => (choices[name]?.length ?? 0) > 1);
  return (
    <>{varying.map(([name, label]) => (
      <label key={name} class="choice">
        <span>{name}</span>
        <select value={label} onChange={({ currentTarget }) => choose({ fixed: [...fixed.filter((one) => !one.startsWith(`${name}:`)), `${name}:${currentTarget.value}`] })}>
          {choices[name]!.map((value) => <option key={value}>{value}</option>)}
        </select>
      </label>
    ))}</>
  );
}

/** Any metric against any axis, a line for each value of another, a panel for each of a third, or a heat map of two. */
export const PlotTab = (props: TabProps): JSX.Element => (variesNothing(props.sweep) ? <OnlyConfiguration {...props} /> : <Pictures {...props} />);

function Pictures({ sweep }: TabProps): JSX.Element {
  const { query } = useRoute();
  const plots = useAnswer(`plots ${sweep.id} ${sweep.version}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/plots', { params: { path: { id: sweep.id } }, signal })));
  const request = requestOf(query);
  const { axes = [], metrics = [] } = plots.data ?? {};
  const names = axes.map(({ path }) => path);
  const choices = Object.fromEntries(axes.map(({ path, values }) => [path, values.map(String)]));
  return (
    <>
      <div class="controls">
        <Choice name="metric" label="Metric" value={query.get('metric')} options={options(metrics)} usual={metrics[0] ?? 'the first'} />
        <Choice name="x" label="Across" value={query.get('x')} options={[...options(names), ...(query.get('y') ? [] : seconds)]} usual="chosen by what varies" />
        <Choice name="y" label="Up (heat map)" value={query.get('y')} options={options(names)} usual="none" />
        {!query.get('y') && <Choice name="lines" label="Lines" value={query.get('lines')} options={options([...names, 'none'])} usual="chosen by what varies" />}
        <Choice name="facets" label="Panels" value={query.get('facets')} options={options([...names, 'none'])} usual="chosen by what varies" />
        <Choice name="rest" label="What is not shown" value={query.get('rest')} options={[{ value: 'best', label: 'the best at each place' }]} usual="one choice for all" />
        <Choice name="logX" label="Scale" value={query.get('logX')} options={[{ value: 'false', label: 'linear' }, { value: 'true', label: 'logarithmic' }]} usual="by its range" />
        {!query.get('y') && <Choice name="logY" label="Metric's scale" value={query.get('logY')} options={[{ value: 'true', label: 'logarithmic' }]} usual="linear" />}
        <a href={hrefOf(['sweeps', sweep.id, 'plot'])}>Reset</a>
      </div>
      <MetricPicture sweep={sweep} request={request}>{(plot) => <div class="controls"><Fixed plot={plot} choices={choices} fixed={request.fixed ?? []} /></div>}</MetricPicture>
    </>
  );
}

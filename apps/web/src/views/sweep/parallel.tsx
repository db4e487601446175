import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { parallelAxes, parallelFigure, type ParallelFigureOptions } from '@elucidate/figures/figures/parallel-figure';
import { parallelScales, type ParallelScale } from '@elucidate/figures/parallel-scales';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Downloads } from '../../parts/downloads.js';
import { FigureView } from '../../parts/figure.js';
import { Waiting } from '../../parts/waiting.js';
import { choose, useRoute } from '../../route/use-route.js';
import { Brushes } from './brushes.js';
import { keptOf } from './kept.js';
import { KeptControls } from './kept-controls.js';
import { LeaderboardTable } from './leaderboard.js';
import { nothingText, resultsVersion, scoredOf } from './results-version.js';
import type { TabProps } from './tab.js';

/** Pixels between two axes, at least. */
const axisRoom = 104;

/** How the axes are drawn, as the address says. */
const optionsOf = (query: URLSearchParams): Required<ParallelFigureOptions> => ({
  without: query.getAll('without'),
  scales: Object.fromEntries(query.getAll('scale').map((pair) => [pair.slice(0, pair.lastIndexOf(':')), pair.slice(pair.lastIndexOf(':') + 1) as ParallelScale]).filter(([, scale]) => parallelScales.includes(scale as ParallelScale))),
});

/** Which axes are drawn, and how. */
function Axes({ plot, options: { scales, without } }: { plot: Schemas['Parallel']; options: Required<ParallelFigureOptions> }): JSX.Element {
  const rescale = (name: string, scale: string): void => choose({ scale: Object.entries({ ...scales, [name]: scale }).filter(([, one]) => one !== '').map(([one, as]) => `${one}:${as}`) });
  return (
    <details class="axes"><summary>Axes and scales</summary>
      <div class="controls">{parallelAxes(plot, { scales }).map(({ axis: { name, title, scale } }) => (
        <span key={name} class="choice">
          <label><input type="checkbox" checked={!without.includes(name)} onChange={() => choose({ without: without.includes(name) ? without.filter((one) => one !== name) : [...without, name] })} /> {title}</label>
          {scale !== null && <select aria-label={`Scale of ${title}`} value={scale} onChange={({ currentTarget }) => rescale(name, currentTarget.value)}>{parallelScales.map((one) => <option key={one}>{one}</option>)}</select>}
        </span>
      ))}</div>
    </details>
  );
}

function Drawn({ plot, options }: { plot: Schemas['Parallel']; options: Required<ParallelFigureOptions> }): JSX.Element {
  const { query } = useRoute();
  const shown = parallelAxes(plot, options);
  const drawn = JSON.stringify(options);
  const figure = useMemo(() => parallelFigure(plot, options), [plot, drawn]);
  return <Brushes axes={shown.map(({ axis }) => axis)} plot={plot} kept={keptOf(query)}><FigureView figure={figure} least={shown.length * axisRoom + 60} /></Brushes>;
}

/** Every configuration across all that varies and several metrics; what is brushed on the axes is kept, here and in the table below. */
export const ParallelTab = (props: TabProps): JSX.Element => (scoredOf(props.sweep) === 0 ? <p class="quiet">{nothingText(props.sweep, 'scored')}</p> : <Scored {...props} />);

function Scored({ sweep }: TabProps): JSX.Element {
  const { query } = useRoute();
  const { id } = sweep;
  const kept = keptOf(query);
  const options = optionsOf(query);
  const answer = useAnswer(JSON.stringify([id, 'parallel', kept]), (signal) => dataOf(api.GET('/v1/sweeps/{id}/parallel', { params: { path: { id }, query: { ...kept, format: 'json' } }, signal, parseAs: 'json' })) as Promise<Schemas['Parallel']>, resultsVersion(sweep));
  return (
    <>
      <Waiting answer={answer}>{(plot) => (
        <>
          <Axes plot={plot} options={options} />
          <KeptControls axes={plot.axes} measures={plot.measures} configurations={plot.configurations} kept={kept} />
          <Drawn plot={plot} options={options} />
          <Downloads path={`v1/sweeps/${id}/parallel`} query={{ ...kept, without: options.without, scale: query.getAll('scale') }} name={`${sweep.name}-parallel`} formats={['svg', 'png', 'csv', 'json']} />
        </>
      )}</Waiting>
      <LeaderboardTable sweep={sweep} />
    </>
  );
}

import type { JSX } from 'preact';
import { digits } from '@elucidate/experiment/estimate-text';
import { metricTitle } from '@elucidate/experiment/metric-requests';
import type { Schemas } from '../../api/client.js';
import { Scroll } from '../../parts/scroll.js';
import { hrefOf } from '../../route/route.js';
import { trialRows } from './trial-rows.js';

/** Each trial by itself: its seeds, its scores, those of real images, and the stages that made it. */
export function Trials({ cell }: { cell: Schemas['Cell'] }): JSX.Element {
  const { metrics, rows } = trialRows(cell);
  return (
    <Scroll label="Trials"><table>
      <thead><tr>
        <th scope="col" class="n">train seed</th><th scope="col" class="n">sample seed</th>
        {metrics.map((metric) => <><th key={metric} scope="col" class="n">{metricTitle(metric)}</th><th key={`${metric} real`} scope="col" class="n">of real images</th></>)}
        <th scope="col" class="n">NFE</th><th scope="col">made by</th>
      </tr></thead>
      <tbody>{rows.map(({ trainSeed, sampleSeed, scores, nfe, stages }) => (
        <tr key={`${trainSeed} ${sampleSeed}`}>
          <td class="n">{trainSeed}</td><td class="n">{sampleSeed}</td>
          {metrics.map((metric) => <><td key={metric} class="n">{scores[metric] === undefined ? '-' : scores[metric].value === null ? 'diverged' : digits(metric, scores[metric].value)}</td><td key={`${metric} real`} class="n">{digits(metric, scores[metric]?.real ?? null)}</td></>)}
          <td class="n">{nfe ?? '-'}</td>
          <td>{stages.map(({ role, id, state }) => <a key={role} class="format" href={hrefOf(['stages', id])} title={state}>{role}</a>)}</td>
        </tr>
      ))}</tbody>
    </table></Scroll>
  );
}

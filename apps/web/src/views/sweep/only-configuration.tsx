import type { JSX } from 'preact';
import { basesText } from '@elucidate/experiment/basis-words';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Waiting } from '../../parts/waiting.js';
import { hrefOf } from '../../route/route.js';
import { Trials } from '../cell/trials.js';
import { resultsVersion } from './results-version.js';
import type { TabProps } from './tab.js';

/** The first configuration of a sweep; null before it has any. */
async function firstCell(id: string, signal: AbortSignal): Promise<Schemas['Cell'] | null> {
  const { groups } = await (dataOf(api.GET('/v1/sweeps/{id}/leaderboard', { params: { path: { id }, query: { limit: '1' } }, signal, parseAs: 'json' })) as Promise<Schemas['Leaderboard']>);
  const row = groups[0]?.rows[0];
  return row === undefined ? null : dataOf(api.GET('/v1/cells/{id}', { params: { path: { id: row.cellId }, query: { sweep: id } }, signal }));
}

/** Of a sweep in which nothing varies, in place of a picture: its only configuration, trial by trial. */
export function OnlyConfiguration({ sweep }: TabProps): JSX.Element {
  const { id } = sweep;
  const answer = useAnswer(`only ${id}`, (signal) => firstCell(id, signal), resultsVersion(sweep));
  return (
    <>
      <p>Nothing varies in this sweep: it has a single configuration, so there is nothing to draw a metric against and nothing to compare. Its trials:</p>
      <Waiting answer={answer}>{(cell) => (
        <>
          <Trials cell={cell} />
          {cell.scores.map(({ evaluator, n, bases }) => <p key={`${evaluator} ${n}`} class="quiet">{basesText(bases)}</p>)}
          <p><a href={hrefOf(['cells', cell.cellId], { sweep: id })}>The configuration</a>, with means, intervals and files</p>
        </>
      )}</Waiting>
    </>
  );
}

import { plural } from '@elucidate/experiment/plural';
import type { JSX } from 'preact';
import { api, dataOf } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { Progress, statesText } from '../../parts/progress.js';
import { Scroll } from '../../parts/scroll.js';
import { timeText } from '../../parts/time.js';
import { Waiting } from '../../parts/waiting.js';
import { hrefOf } from '../../route/route.js';
import type { TabProps } from './tab.js';
import { Arrivals } from './arrivals.js';
import { Cost } from './cost.js';
import { MetricPicture } from './metric-picture.js';
import { OnlyConfiguration, variesNothing } from './varies-nothing.js';
import { Running } from './running.js';
import { Stages } from './stages.js';

/** What a sweep is doing and the first picture of what it found. */
export function Overview({ sweep }: TabProps): JSX.Element {
  const { id, spec, kinds, waits, failures, cells, trials, reusedStages, createdAt, endedAt } = sweep;
  const description = (spec as { description?: string }).description;
  const plots = useAnswer(`plots ${id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/plots', { params: { path: { id } }, signal })));
  return (
    <>
      {description && <p>{description}</p>}
      <p class="quiet">{plural(cells, 'cell')}, {plural(trials, 'trial')}; submitted {timeText(createdAt)}{endedAt && `, ended ${timeText(endedAt)}`}{reusedStages > 0 && `; ${plural(reusedStages, 'stage')} ${reusedStages === 1 ? 'was' : 'were'} done already`}.
        {' '}<a href={`v1/sweeps/${id}/report`}>Report</a> · <a href={`v1/sweeps/${id}/trials?format=csv`}>trials as CSV</a> · <a href={`v1/sweeps/${id}/spec`}>sweep file</a></p>
      <Scroll label="Progress"><table class="kinds">
        <tbody>{kinds.map(({ kind, states }) => (
          <tr key={kind}><th scope="row">{kind}</th><td class="bars"><Progress states={states} label={kind} /></td><td>{statesText(states)}</td></tr>
        ))}</tbody>
      </table></Scroll>
      <Cost sweep={sweep} />
      <Stages sweep={sweep} />
      {waits.map(({ kind, stages, reason }) => <p key={kind} class="failure">{plural(stages, `${kind} stage`)} {stages === 1 ? 'waits' : 'wait'}: {reason}</p>)}
      {failures.length > 0 && <p class="failure">Stages failed: <a href={hrefOf(['sweeps', id, 'failures'])}>what and why</a></p>}
      {sweep.state === 'running' && <Running sweepId={id} />}
      {sweep.state === 'running' && <Arrivals sweep={sweep} />}
      <Waiting answer={plots}>{({ plots: [first] }) => (first === undefined ? variesNothing(sweep) ? <OnlyConfiguration sweep={sweep} /> : null : <MetricPicture sweep={sweep} request={first} />)}</Waiting>
      {sweep.state !== 'running' && <Arrivals sweep={sweep} />}
    </>
  );
}

import { plural } from '@elucidate/experiment/plural';
import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { pageWords } from '../../parts/page-words.js';
import { Waiting } from '../../parts/waiting.js';
import { hrefOf } from '../../route/route.js';
import type { TabProps } from './tab.js';

const Group = ({ group }: { group: Schemas['SweepFailures']['groups'][number] }): JSX.Element => (
  <section class="group">
    <h2><code>{group.code}</code> {plural(group.stages, 'stage')}, {plural(group.attempts, 'attempt')}</h2>
    <pre tabIndex={0}>{group.example.message}</pre>
    <p>Blame: <strong>{group.blame}</strong>, {group.because}. {pageWords(group.remedy)}</p>
    {group.common.length > 0 && <p>In common: {group.common.map(({ parameter, value }) => `${parameter} ${JSON.stringify(value)}`).join(', ')}</p>}
    <p class="quiet">On {group.workers.map(({ id, host, attempts }) => `${host ?? id} (${attempts})`).join(', ')}; {plural(group.notRun, 'stage')} did not run because of it. <a href={hrefOf(['stages', group.example.stageId], { attempt: String(group.example.token) })}>Log of {group.example.kind} {group.example.stageId.slice(0, 8)}</a></p>
  </section>
);

/** What failed, grouped into its causes. */
export function Failures({ sweep }: TabProps): JSX.Element {
  const failed = (sweep.stages.failed ?? 0) + (sweep.stages.quarantined ?? 0);
  const answer = useAnswer(`failures ${sweep.id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/failures', { params: { path: { id: sweep.id } }, signal })), failed);
  return <Waiting answer={answer}>{({ groups }) => (groups.length === 0 ? <p>Nothing has failed.</p> : <>{groups.map((group) => <Group key={group.fingerprint} group={group} />)}</>)}</Waiting>;
}

import type { JSX } from 'preact';
import { useReducer } from 'preact/hooks';
import { api, dataOf, type Schemas } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { openedEvent } from '../live/events.js';
import { useAtMostEvery, useEvents } from '../live/use-events.js';
import { tookText } from '../parts/attempt-text.js';
import { bytesText } from '../parts/bytes.js';
import { CopyButton } from '../parts/copy-button.js';
import { Log } from '../parts/log.js';
import { Preview } from '../parts/preview.js';
import { Scroll } from '../parts/scroll.js';
import { timeText } from '../parts/time.js';
import { Waiting } from '../parts/waiting.js';
import { hrefOf } from '../route/route.js';
import { useRoute } from '../route/use-route.js';

type Stage = Schemas['Stage'];
type Attempt = Stage['attempts'][number];

const AttemptRow = ({ stage, attempt, current }: { stage: Stage; attempt: Attempt; current: boolean }): JSX.Element => (
  <tr class={current ? 'best' : undefined}>
    <td class="n">{attempt.token}</td>
    <td><code>{attempt.workerId}</code></td>
    <td>{timeText(attempt.startedAt)}</td>
    <td class="n">{tookText(attempt)}</td>
    <td><span class={`badge ${attempt.outcome ?? 'running'}`}>{attempt.outcome ?? 'running'}</span></td>
    <td><a href={hrefOf(['stages', stage.id], { attempt: String(attempt.token) })} aria-current={current ? 'true' : undefined}>log</a></td>
    <td>{attempt.error?.message}</td>
  </tr>
);

const Attempts = ({ stage, shown }: { stage: Stage; shown: number | undefined }): JSX.Element => (
  <Scroll label="Attempts"><table>
    <thead><tr><th scope="col" class="n">attempt</th><th scope="col">worker</th><th scope="col">started</th><th scope="col" class="n">took</th><th scope="col">outcome</th><th scope="col">log</th><th scope="col">error</th></tr></thead>
    <tbody>{stage.attempts.map((attempt) => <AttemptRow key={attempt.token} stage={stage} attempt={attempt} current={attempt.token === shown} />)}</tbody>
  </table></Scroll>
);

/** Pairs of words and values. */
const Facts = ({ label, facts }: { label: string; facts: Readonly<Record<string, unknown>> }): JSX.Element => (
  <Scroll label={label}><table><tbody>{Object.entries(facts).map(([key, value]) => <tr key={key}><th scope="row">{key}</th><td>{typeof value === 'string' ? value : JSON.stringify(value)}</td></tr>)}</tbody></table></Scroll>
);

/** States in which nothing more happens to a stage unless it is retried. */
const ended: ReadonlySet<Stage['state']> = new Set(['done', 'failed', 'quarantined', 'cancelled'] as const);

/** Requests a stage and its log again as it reports something. */
function Follow({ stageId, sweepId, reload }: { stageId: string; sweepId: string; reload: () => void }): null {
  const soon = useAtMostEvery(2000, reload);
  useEvents(sweepId, ({ type, data }) => { if (data.stageId === stageId || type === openedEvent.type) soon(); });
  return null;
}

/** One stage: who tried it, with what, what came out, and the log of any attempt. */
export function StageView({ id }: { id: string }): JSX.Element {
  const asked = Number(useRoute().query.get('attempt') ?? Number.NaN);
  const answer = useAnswer(`stage ${id}`, (signal) => dataOf(api.GET('/v1/stages/{id}', { params: { path: { id } }, signal })));
  const [version, again] = useReducer((count: number) => count + 1, 0);
  const reload = (): void => {
    answer.reload();
    again(undefined);
  };
  return (
    <Waiting answer={answer}>{(stage) => {
      const attempt = Number.isNaN(asked) ? undefined : asked;
      return (
        <>
          {!ended.has(stage.state) && stage.sweepIds[0] !== undefined && <Follow stageId={stage.id} sweepId={stage.sweepIds[0]} reload={reload} />}
          <div class="title"><h1>{stage.kind} <code>{stage.id.slice(0, 8)}</code></h1><span class={`badge ${stage.state}`}>{stage.state}</span><CopyButton text={() => JSON.stringify(stage, null, 2)}>Copy as JSON</CopyButton></div>
          <p class="quiet">Of {stage.sweepIds.map((sweep, i) => <>{i > 0 && ', '}<a key={sweep} href={hrefOf(['sweeps', sweep])}>{sweep}</a></>)}; code version {stage.codeVersion}. <code>{stage.id}</code></p>
          {stage.state === 'running' && stage.progress && <p><progress max={1} value={stage.progress.fraction} aria-label="Progress" /> {stage.progress.note}</p>}
          {stage.error?.message && <pre class="failure">{stage.error.code && <code>{stage.error.code}</code>} {stage.error.message}</pre>}
          {stage.previewAt && <><h2>One-step denoising</h2><Preview stage={stage} /></>}
          <h2>Attempts</h2>
          {stage.attempts.length === 0 ? <p class="quiet">None yet.</p> : <Attempts stage={stage} shown={attempt ?? stage.attempts.at(-1)!.token} />}
          {stage.attempts.length > 0 && <Log stageId={stage.id} attempt={attempt} version={version} />}
          {stage.outputs.length > 0 && <><h2>Files</h2><ul>{stage.outputs.map(({ name, hash, sizeBytes, mediaType }) => <li key={name}><a href={`v1/artifacts/${hash}`}>{name}</a>, {bytesText(sizeBytes)}, {mediaType}, sha256 <code>{hash}</code></li>)}</ul></>}
          {stage.inputs.length > 0 && <><h2>Made from</h2><ul>{stage.inputs.map(({ name, stageId, kind, state }) => <li key={name}>{name}: <a href={hrefOf(['stages', stageId])}>{kind} {stageId.slice(0, 8)}</a>, {state}</li>)}</ul></>}
          {stage.metrics.length > 0 && <><h2>Numbers</h2><Facts label="Numbers" facts={Object.fromEntries(stage.metrics.map(({ name, value, n, evaluator }) => [name, `${value ?? 'not a number'}${n === null ? '' : `, n = ${n}`}${evaluator === null ? '' : `, evaluator ${evaluator.slice(0, 8)}`}`]))} /></>}
          {stage.provenance && <><h2>Computed with</h2><Facts label="Provenance" facts={stage.provenance} /></>}
          <h2>Parameters</h2>
          <Facts label="Parameters" facts={stage.params} />
        </>
      );
    }}</Waiting>
  );
}

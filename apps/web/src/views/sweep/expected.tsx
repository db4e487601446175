import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { useAtMostEvery, useEvents } from '../../live/use-events.js';
import { etaText } from '../../parts/eta-text.js';

/** Milliseconds between two requests, at least: each looks at the finished stages of the sweep. */
const every = 10_000;

/** When a running sweep is expected to end, with its range, as it comes nearer. */
export function Expected({ sweep: { id, version, paused } }: { sweep: Schemas['Sweep'] }): JSX.Element | null {
  const answer = useAnswer(`eta ${id}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/eta', { params: { path: { id } }, signal })), `${version} ${paused}`);
  useEvents(id, useAtMostEvery(every, answer.reload));
  if (answer.data === undefined) return null;
  return <p class="expected">{etaText(answer.data.eta, { paused, toLook: answer.data.toLook })}</p>;
}

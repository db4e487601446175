import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { api, dataOf } from '../../api/client.js';
import { useAnswer } from '../../api/use-answer.js';
import { useAtMostEvery, useEvents } from '../../live/use-events.js';
import { hrefOf } from '../../route/route.js';
import { newest } from './newest.js';
import type { TabProps } from './tab.js';

/** Pictures of a kind that are shown. */
const shown = 4;

/** Stages that leave pictures, and what these are. */
const pictures = { train: { output: 'previews', title: 'One-step denoising', about: 'Test images, and below them what the network makes of each from more and more noise, last from noise alone.' }, sample: { output: 'sheet', title: 'Samples', about: 'All from the same noise.' } } as const;
type Kind = keyof typeof pictures;

interface Arrival {
  id: string;
  hash: string;
}

/** The pictures of these stages. */
async function picturesOf(kind: Kind, ids: readonly string[], signal: AbortSignal): Promise<Arrival[]> {
  const stages = await Promise.all(ids.map((id) => dataOf(api.GET('/v1/stages/{id}', { params: { path: { id } }, signal }))));
  return stages.flatMap(({ id, outputs }) => outputs.filter(({ name }) => name === pictures[kind].output).map(({ hash }) => ({ id, hash })));
}

function Row({ kind, sweepId, arrived }: { kind: Kind; sweepId: string; arrived: readonly string[] }): JSX.Element | null {
  const { data } = useAnswer(`arrivals ${sweepId} ${kind}`, async (signal) => {
    const listed = arrived.length >= shown ? [] : (await dataOf(api.GET('/v1/sweeps/{id}/stages', { params: { path: { id: sweepId }, query: { kind, state: 'done', limit: String(shown) } }, signal }))).stages.map(({ id }) => id);
    return picturesOf(kind, newest(arrived, listed, shown), signal);
  }, arrived.join());
  if (data === undefined || data.length === 0) return null;
  const { title, about } = pictures[kind];
  return (
    <section aria-label={title}>
      <h2>{title}{kind === 'sample' && <> <a class="format" href={hrefOf(['sweeps', sweepId, 'images'])}>all</a></>}</h2>
      <p class="quiet">{about}</p>
      <div class="sheets few">{data.map(({ id, hash }) => <figure key={id}><img src={`v1/artifacts/${hash}`} alt={`${title} of ${kind} ${id.slice(0, 8)}`} /><figcaption><a href={hrefOf(['stages', id])}>{kind} {id.slice(0, 8)}</a></figcaption></figure>)}</div>
    </section>
  );
}

/** Previews and sample sheets as stages leave them: the newest since this page was opened, and before that the first of the plan. */
export function Arrivals({ sweep }: TabProps): JSX.Element {
  const since = useRef<Record<Kind, string[]>>({ train: [], sample: [] });
  const [arrived, setArrived] = useState(since.current);
  const show = useAtMostEvery(2000, () => setArrived({ ...since.current }));
  useEvents(sweep.id, ({ type, data: { stageId, kind } }) => {
    if (type !== 'stage.done' || typeof stageId !== 'string' || !Object.hasOwn(pictures, String(kind))) return;
    since.current[kind as Kind] = newest([stageId, ...since.current[kind as Kind]], [], shown);
    show();
  });
  const doneOf = (kind: Kind): number => sweep.kinds.find((one) => one.kind === kind)?.states.done ?? 0;
  return <>{(Object.keys(pictures) as Kind[]).map((kind) => (doneOf(kind) === 0 ? null : <Row key={kind} kind={kind} sweepId={sweep.id} arrived={arrived[kind]} />))}</>;
}

import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { useAtMostEvery, useEvents } from '../live/use-events.js';
import { Progress } from '../parts/progress.js';
import { Scroll } from '../parts/scroll.js';
import { etaText, etaWords } from '../parts/eta-text.js';
import { durationText, timeText } from '../parts/time.js';
import { Waiting } from '../parts/waiting.js';
import { hrefOf } from '../route/route.js';
import { choose, useRoute } from '../route/use-route.js';

/** What a sweep does: its state, or how it was steered. */
export const doingOf = ({ state, paused, stopping }: Pick<Schemas['SweepSummary'], 'state' | 'paused' | 'stopping'>): string => (state === 'running' ? (stopping ? 'stopping' : paused ? 'paused' : 'running') : state);

/** How often it is requested when a sweep ends, at most. */
const refreshes = 50;

const row = (sweep: Schemas['SweepSummary']): JSX.Element => (
  <tr key={sweep.id}>
    <td><a class="named" href={hrefOf(['sweeps', sweep.id])}>{sweep.name}</a> <code>{sweep.id}</code></td>
    <td><span class={`badge ${sweep.state}`}>{doingOf(sweep)}</span></td>
    <td class="bars"><Progress states={sweep.stages} label={sweep.name} /></td>
    <td>{sweep.state === 'running' && <RowEta sweep={sweep} />}</td>
    <td class="n">{durationText(sweep.spentSeconds)}</td>
    <td class="n">{durationText(sweep.savedSeconds)}</td>
    <td class="n">{sweep.cells}</td>
    <td class="n">{sweep.trials}</td>
    <td>{sweep.owner}</td>
    <td>{timeText(sweep.createdAt)}</td>
  </tr>
);

/** When a running sweep ends, or its race looks; requested again at every fiftieth of its stages, for each row, since few run at once. */
function RowEta({ sweep: { id, paused, stages: { done = 0, ...others } } }: { sweep: Schemas['SweepSummary'] }): JSX.Element {
  const total = Object.values(others).reduce((sum, count) => sum + count, done);
  const { data } = useAnswer(`eta ${id} ${paused}`, (signal) => dataOf(api.GET('/v1/sweeps/{id}/eta', { params: { path: { id } }, signal })), Math.floor(refreshes * done / Math.max(1, total)));
  return <>{data?.eta && <span title={etaText(data.eta, { paused, toLook: data.toLook })}>{etaWords(data.eta, data)}</span>}</>;
}

const states = ['running', 'done', 'failed', 'cancelled'] as const satisfies readonly Schemas['SweepSummary']['state'][];

/** All sweeps, newest first, as they run. */
export function SweepsView(): JSX.Element {
  const { query } = useRoute();
  const [search, state, cursor] = [query.get('search') ?? undefined, query.get('state') ?? undefined, query.get('cursor') ?? undefined];
  const sweeps = useAnswer(`sweeps ${search} ${state} ${cursor}`, (signal) => dataOf(api.GET('/v1/sweeps', { params: { query: { search, state: state as Schemas['SweepSummary']['state'], cursor, limit: '50' } }, signal })));
  const reload = useAtMostEvery(2000, sweeps.reload);
  useEvents(undefined, reload);
  const filtered = search !== undefined || state !== undefined;
  return (
    <>
      <h1>Sweeps</h1>
      <form class="controls" role="search" onSubmit={(event) => { event.preventDefault(); choose({ search: new FormData(event.currentTarget).get('search') as string, cursor: null }); }}>
        <label class="choice"><span>Name, description, owner or id</span><input key={search} name="search" type="search" defaultValue={search} /></label>
        <label class="choice"><span>State</span><select value={state ?? ''} onChange={({ currentTarget }) => choose({ state: currentTarget.value, cursor: null })}><option value="">any</option>{states.map((one) => <option key={one}>{one}</option>)}</select></label>
        <button>Find</button>
        {filtered && <a href={hrefOf([])}>Show all</a>}
      </form>
      <Waiting answer={sweeps}>{({ sweeps: found, nextCursor }) => (
        <>
          {found.length === 0 ? <p>{!filtered ? <>No sweep yet. <a href={hrefOf(['new'])}>Write one</a>, or submit a file: <code>elucidate submit sweep.yaml</code>.</> : 'No sweep is like that.'}</p> : (
            <Scroll label="Sweeps">
              <table>
                <thead><tr><th scope="col">sweep</th><th scope="col">state</th><th scope="col">stages</th><th scope="col">end expected</th><th scope="col" class="n">device time</th><th scope="col" class="n">saved by sharing</th><th scope="col" class="n">cells</th><th scope="col" class="n">trials</th><th scope="col">owner</th><th scope="col">submitted</th></tr></thead>
                <tbody>{found.map(row)}</tbody>
              </table>
            </Scroll>
          )}
          {nextCursor !== null && <p><button onClick={() => choose({ cursor: nextCursor })}>Older sweeps</button></p>}
        </>
      )}</Waiting>
    </>
  );
}

import type { JSX } from 'preact';
import type { Schemas } from '../../api/client.js';
import { engineName } from '../../parts/attempt-text.js';
import { Scroll } from '../../parts/scroll.js';
import { agoText, durationText } from '../../parts/time.js';
import { hrefOf } from '../../route/route.js';
import { Release } from './release.js';

type Worker = Schemas['Worker'];

const Heartbeat = ({ seenAt, late, now }: Pick<Worker, 'seenAt' | 'late'> & { now: number }): JSX.Element => <span class={late ? 'late' : undefined}>{agoText(seenAt, now)}{late && ' (late)'}</span>;

const row = (worker: Worker, now: number, changed: () => void): JSX.Element => (
  <tr key={worker.id}>
    <th scope="row">{worker.host} <code>{worker.id}</code></th>
    <td><span class={`badge ${worker.state}`}>{worker.state}</span></td>
    <td class="n">{worker.running.length} of {worker.concurrency}</td>
    <td>{worker.running.map(({ id, kind, startedAt }) => <div key={id}><a href={hrefOf(['stages', id])}>{kind} {id.slice(0, 8)}</a>, for {durationText(Math.max(0, now - Date.parse(startedAt)) / 1000)}</div>)}</td>
    <td>{engineName(worker.engine)}<div class="quiet">{worker.version}</div></td>
    <td class="n">{worker.done}</td>
    <td class="n">{worker.failed}</td>
    <td><Release worker={worker} changed={changed} /></td>
    <td><Heartbeat seenAt={worker.seenAt} late={worker.late} now={now} /></td>
  </tr>
);

/** Who computes what, with what. */
export const Workers = ({ workers, now, changed }: { workers: readonly Worker[]; now: number; changed: () => void }): JSX.Element => (
  <Scroll label="Workers">
    <table>
      <thead><tr><th scope="col">worker</th><th scope="col">state</th><th scope="col" class="n">slots used</th><th scope="col">runs</th><th scope="col">engine and version</th><th scope="col" class="n">done</th><th scope="col" class="n">failed</th><th scope="col">does not take</th><th scope="col">last heartbeat</th></tr></thead>
      <tbody>{workers.map((worker) => row(worker, now, changed))}</tbody>
    </table>
  </Scroll>
);

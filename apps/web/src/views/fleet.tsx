import { plural } from '@elucidate/experiment/plural';
import type { JSX } from 'preact';
import { api, dataOf, type Schemas } from '../api/client.js';
import { useAnswer } from '../api/use-answer.js';
import { useAtMostEvery, useEvents } from '../live/use-events.js';
import { Waiting } from '../parts/waiting.js';
import { Disk } from './fleet/disk.js';
import { Workers } from './fleet/workers.js';

/** "5 workers; 3 of 8 slots run something. Not active: node2, quarantined." */
function slotsText(workers: readonly Schemas['Worker'][]): string {
  const [used, slots] = [workers.reduce((sum, { running }) => sum + running.length, 0), workers.reduce((sum, { concurrency }) => sum + concurrency, 0)];
  const apart = workers.filter(({ state }) => state !== 'active');
  return `${plural(workers.length, 'worker')}; ${used} of ${slots} slots run something.${apart.length > 0 ? ` Not active: ${apart.map(({ host, state }) => `${host}, ${state}`).join('; ')}.` : ''}`;
}

const queueText = ({ name, jobs }: Schemas['Queue']): string => (jobs.length === 0
  ? `Nothing waits in the queue (${name}).`
  : `${plural(jobs.reduce((sum, { waiting }) => sum + waiting, 0), 'stage')} in the queue (${name}): ${jobs.map(({ kind, waiting }) => `${waiting} ${kind}`).join(', ')}.`);

/** Who computes what and with what, what waits, and the disk it takes. */
export function FleetView(): JSX.Element {
  const workers = useAnswer('workers', async (signal) => ({ ...(await dataOf(api.GET('/v1/workers', { signal }))), now: Date.now() }));
  const queue = useAnswer('queue', (signal) => dataOf(api.GET('/v1/queue', { signal })));
  const storage = useAnswer('storage', (signal) => dataOf(api.GET('/v1/storage', { signal })));
  const reload = (): void => {
    workers.reload();
    queue.reload();
  };
  useEvents(undefined, useAtMostEvery(2000, reload));
  return (
    <>
      <h1>Fleet</h1>
      <Waiting answer={workers}>{({ workers: found, now }) => (found.length === 0 ? <p>No worker is there. Start one on each node: <code>elucidate worker</code>.</p> : <><p>{slotsText(found)}</p><Workers workers={found} now={now} changed={workers.reload} /></>)}</Waiting>
      <h2>Queue</h2>
      <Waiting answer={queue}>{(found) => <p>{queueText(found)}</p>}</Waiting>
      <h2>Disk</h2>
      <Waiting answer={storage}>{(found) => <Disk storage={found} />}</Waiting>
    </>
  );
}

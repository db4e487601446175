import { setTimeout as sleep } from 'node:timers/promises';
import type { Fleet } from './fleet.js';
import type { SweepFile } from './sweep.js';

export interface Sending {
  /** The same for every try: a sweep that was accepted without our learning of it is not submitted twice. */
  idempotencyKey: string;
  withinMs?: number;
}

/** Posts a sweep until an API accepts it, however often that is started again; records that it was accepted. */
export async function submit(fleet: Fleet, sweep: SweepFile, { idempotencyKey, withinMs = 180_000 }: Sending): Promise<string> {
  let last = 'no answer';
  for (const deadline = Date.now() + withinMs; Date.now() < deadline; await sleep(100)) {
    try {
      const response = await post(fleet, '/v1/sweeps', { body: JSON.stringify(sweep), headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey } });
      const text = await response.text();
      if (response.status === 200 || response.status === 201) {
        const { id } = JSON.parse(text) as { id: string };
        fleet.accepted.add(id);
        return id;
      }
      last = `${response.status} ${text}`;
      if (response.status < 500 && response.status !== 429) break;
    } catch (error) {
      last = String(error);
    }
  }
  throw new Error(`No API accepted the sweep: ${last}`);
}

/** What an API that must live and know that a server is away does not do; empty if it does. */
export async function amissWhileAway(fleet: Fleet): Promise<string[]> {
  const status = async (path: string): Promise<number> => fetch(fleet.api().ready.url + path, { signal: AbortSignal.timeout(20_000) }).then((response) => response.status, () => 0);
  const [lives, ready] = [await status('/healthz'), await status('/readyz')];
  return [...(lives === 200 ? [] : [`/healthz answered ${lives || 'nothing'}`]), ...(ready === 503 ? [] : [`/readyz answered ${ready || 'nothing'} while a server was away, not 503`])];
}

/** One request; rejects if there is no answer in ten seconds. */
export const post = (fleet: Fleet, path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(fleet.api().ready.url + path, { method: 'POST', signal: AbortSignal.timeout(10_000), ...init });

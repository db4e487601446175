/** A sweep through the HTTP API, and what its leaderboard has to say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bootstrap.mjs';

/** The first row of each form of the quickstart, as `elucidate run --local` prints it outside of any container; of the whole in docs/results/quickstart.md. */
export const expectedOf = {
  full: { winner: { schedule: 'linear', inputScale: 1, sampler: 'heun', steps: 10 }, fid: 31.63, real: 2.23 },
  quick: { winner: { schedule: 'linear', inputScale: 1, sampler: 'heun', steps: 10 }, fid: 57.25, real: 4.24 },
};

/** Throws unless `answer()` becomes true, an exception counting as false, in so many seconds. */
export async function until(what, seconds, answer) {
  for (const end = Date.now() + 1000 * seconds; ; await sleep(500)) {
    const last = await Promise.resolve().then(answer).catch((error) => error);
    if (last === true) return;
    if (Date.now() > end) throw new Error(`${what}: not within ${seconds} s${last instanceof Error ? ` (${last.message})` : ''}`);
  }
}

/** Reads and writes JSON at the API. A request that fails is tried again for a minute: the API is restarted meanwhile. */
export function apiAt(url) {
  const request = async (path, init) => {
    for (const end = Date.now() + 60_000; ; await sleep(500)) {
      const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(10_000) }).catch((error) => error);
      if (response.ok) return response.json();
      if (Date.now() > end || (response.status >= 400 && response.status < 500)) throw new Error(`${path}: ${response instanceof Error ? response.message : `${response.status} ${await response.text()}`}`);
    }
  };
  return {
    url,
    ready: async () => (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })).ok,
    get: (path) => request(path),
    /** Submits the quickstart, whole or in its quick form. */
    submitQuickstart: (form) => request('/v1/sweeps', {
      method: 'POST',
      headers: { 'content-type': 'application/yaml', 'idempotency-key': `check-${form}` },
      body: `${readFileSync(join(root, 'examples', 'quickstart.yaml'), 'utf8')}${form === 'quick' ? '\nprofile: quick\n' : ''}`,
    }),
  };
}

/** Best configuration of a finished sweep: its parameters, mean FID and the FID of real images, to two digits. */
export async function winnerOf(api, id) {
  const { fixed, groups: [{ rows: [{ config, metrics: { fid } }] }] } = await api.get(`/v1/sweeps/${id}/leaderboard?limit=1`);
  const { schedule, inputScale, sampler, steps } = { ...fixed, ...config };
  return { winner: { schedule: schedule.kind, inputScale, sampler: sampler.kind, steps }, fid: Number(fid.mean.toFixed(2)), real: Number(fid.real.toFixed(2)) };
}

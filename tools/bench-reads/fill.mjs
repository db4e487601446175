import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { completing, specOf } from './sweep.mjs';

/** No limit on the time of an answer, unlike fetch. */
function post(url, path, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method: 'POST', headers: { 'content-type': 'application/json' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => (text += piece)).once('end', () => (response.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 500)}`)))).once('error', reject);
    }).once('error', reject);
    sent.end(body);
  });
}

/** Submits a sweep of so many cells through the API. */
export async function submit(url, cells) {
  const began = performance.now();
  const { id } = await post(url, '/v1/sweeps', specOf(cells));
  return { id, submitSeconds: (performance.now() - began) / 1000 };
}

/** Writes a share, by default 90 %, of a sweep's results, every sample with the same sheet, and waits until summaries have them. `done` completes more stages of a kind. */
export async function fill({ db, artifacts, id, cells, share = 0.9 }) {
  const { hash: sheet, sizeBytes, mediaType } = await artifacts.put(randomBytes(50_000), 'image/png');
  await db.query('insert into artifacts (hash, size_bytes, media_type) values ($1, $2, $3) on conflict do nothing', [sheet, sizeBytes, mediaType]);
  const done = completing(db, { sweep: id, sheet });
  for (const kind of ['extractor', 'reference', 'train']) await done(kind, cells);
  for (const kind of ['sample', 'embed', 'score']) for (let some = 0; some < share * cells; some += 5000) await done(kind, Math.min(5000, Math.floor(share * cells) - some));
  await db.query('analyze');
  while ((await db.query('select exists (select from changed_stages) or exists (select from changed_sweeps) as any'))[0].any) await sleep(500);
  return { sheet, done };
}

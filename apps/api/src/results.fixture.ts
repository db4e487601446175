import { post } from './server.fixture.js';
import type { TestServer } from './server.fixture.js';

export const scoredSweep = `
name: <b>scored</b>
dataset: { name: fashion-mnist, resolution: 16 }
parameters:
  schedule: { values: [{ kind: linear }, { kind: cosine }] }
  inputScale: { values: [0.5, 1] }
  sampler: { values: [{ kind: ddim }, { kind: heun }] }
  steps: { values: [5, 10] }
seeds: { train: [1, 2], sample: [1] }
train: { network: tiny, images: 256, batch: 32 }
evaluate: { samples: 64 }
`;

export const png = Buffer.from('89504e470d0a1a0a', 'hex');
export const evaluators = ['e'.repeat(64), 'f'.repeat(64)] as const;

const metrics = `
  insert into metrics (stage_id, name, value, n, evaluator)
  select distinct s.stage_id, m.name, m.value + 10 * (hashtext(s.stage_id) & 1023) / 1024.0, 64, $2
  from trials t join trial_stages s on s.trial_id = t.id and s.role = 'score' cross join (values ('fid', 20.0), ('kid', 0.5), ('fid_real', 1.5), ('kid_real', 0.01)) m(name, value)
  where t.sweep_id = $1 on conflict do nothing`;

/** A sweep with every stage done and hand-written numbers, as a fleet of workers would have left it. */
export async function submitScored(server: TestServer, body = scoredSweep, evaluator: string = evaluators[0]): Promise<string> {
  const { id } = (await (await post(`${server.url}/v1/sweeps`, body)).json()) as { id: string };
  await scoreAll(server, id, evaluator);
  return id;
}

/** Ends every stage of a sweep that has not ended, with hand-written numbers. */
export async function scoreAll(server: TestServer, id: string, evaluator: string = evaluators[0]): Promise<void> {
  await server.sql(metrics, [id, evaluator]);
  await server.sql(`insert into metrics (stage_id, name, value) select distinct s.stage_id, 'nfe', 5 from trials t join trial_stages s on s.trial_id = t.id and s.role = 'sample' where t.sweep_id = $1 on conflict do nothing`, [id]);
  const sheet = await server.services.store.artifacts.put(png, 'image/png');
  await server.sql('insert into artifacts (hash, size_bytes, media_type) values ($1, $2, $3) on conflict do nothing', [sheet.hash, sheet.sizeBytes, sheet.mediaType]);
  await server.sql(`insert into stage_outputs select distinct s.stage_id, 'sheet', $2 from trials t join trial_stages s on s.trial_id = t.id and s.role = 'sample' where t.sweep_id = $1 on conflict do nothing`, [id, sheet.hash]);
  await server.sql(`update stages set state = 'done', provenance = '{"engine": "simd", "threads": 1}', ended_at = clock_timestamp() where id in (select stage_id from sweep_stages where sweep_id = $1)`, [id]);
  await server.sql(`update sweeps set state = 'done', ended_at = clock_timestamp() where id = $1`, [id]);
}

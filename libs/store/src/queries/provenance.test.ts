import { localPrincipal } from '../principal.js';
import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { resultProvenance } from './provenance.js';

const store = useDatabase();
const [extractor, train, sample, embed, score] = ['e', 't', 's', 'm', 'c'].map((letter) => letter.repeat(64)) as [string, string, string, string, string];
const provenance = { engine: 'simd 0.1.0', threads: 2, device: 'EPYC', host: 'h', node: 'v20.1.0', elucidate: '0.1.0' };

/** Two sweeps, of ann and of bob, whose trials have the same score stage. */
beforeAll(async () => {
  const stages = [[extractor, 'extractor', {}], [train, 'train', {}], [sample, 'sample', { train }], [embed, 'embed', { sample, extractor }], [score, 'score', { embed, sample }]] as const;
  for (const [id, kind, inputs] of stages) {
    await store.db.query(`insert into stages (id, kind, code_version, params, state, work, provenance) values ($1, $2, 3, '{"seed": 4}', 'done', 1, $3)`, [id, kind, JSON.stringify(provenance)]);
    for (const [name, input] of Object.entries(inputs)) await store.db.query('insert into stage_inputs values ($1, $2, $3)', [id, name, input]);
  }
  for (const [sweep, owner] of [['a', 'ann'], ['b', 'bob']] as const) {
    await insertSweep(store.db, sweep, [{ id: 'cell', config: baseConfig, trials: [{ trainSeed: 3, sampleSeed: 5 }] }]);
    await store.db.query('update sweeps set owner = $2 where id = $1', [sweep, owner]);
    await store.db.query(`update trial_stages set stage_id = $2 where role = 'score' and trial_id = (select id from trials where sweep_id = $1)`, [sweep, score]);
  }
  await store.db.query(`insert into metrics values ($1, 'fid', 31.25, null, 192, 'ff', '{"evaluator": {"layer": "l"}}'), ($1, 'kid', 'NaN', 0.5, 192, 'ff', null)`, [score]);
  await store.db.query(`insert into artifacts (hash, size_bytes, media_type) values ('ab', 5000000000, 'x/y')`);
  await store.db.query(`insert into stage_outputs values ($1, 'weights', 'ab')`, [train]);
  await store.db.query(`insert into workers (id, host, pid, engine, kinds, concurrency, state, version, started_at) values
    ('w', 'h', 1, 'simd', '{train}', 1, 'active', '0.1.0+aa', '2024-01-01Z'), ('again', 'h', 1, 'simd', '{train}', 1, 'active', '0.2.0+bb', '2024-01-03Z')`);
  await store.db.query(`insert into attempts (stage_id, token, worker_id, started_at, ended_at, outcome) values
    ($1, 1, 'again', '2024-01-02Z', '2024-01-02T00:01:00Z', 'expired'), ($1, 2, 'w', '2024-01-02T01:00:00Z', '2024-01-02T01:00:09.500Z', 'done'), ($2, 1, 'again', '2024-01-02Z', '2024-01-02T00:00:01Z', 'done')`, [score, sample]);
});

test('a number has the stages that it comes from, each after those it reads, with the attempt that made it and the version of its worker', async () => {
  const found = await resultProvenance(store.db, score, localPrincipal);
  const places = new Map(found.stages.map(({ id }, i) => [id, i]));
  expect(places.size).toBe(5);
  for (const { id, inputs } of found.stages) for (const input of Object.values(inputs)) expect(places.get(input)).toBeLessThan(places.get(id)!);
  expect(found.stages.at(-1)).toEqual({
    id: score, kind: 'score', state: 'done', codeVersion: 3, params: { seed: 4 }, inputs: { embed, sample }, outputs: [], provenance, attempts: 2,
    metrics: [{ name: 'fid', value: 31.25, stddev: null, n: 192, evaluator: 'ff', details: { evaluator: { layer: 'l' } } }, { name: 'kid', value: null, stddev: 0.5, n: 192, evaluator: 'ff', details: null }],
    attempt: { token: 2, workerId: 'w', workerVersion: '0.1.0+aa', startedAt: '2024-01-02T01:00:00.000Z', endedAt: '2024-01-02T01:00:09.500Z' },
  });
  expect(found.stages[places.get(train)!]).toMatchObject({ outputs: [{ name: 'weights', hash: 'ab', sizeBytes: 5e9, mediaType: 'x/y' }], attempt: null, attempts: 0 });
});

test('what a worker runs that was started again since is not taken for what it ran then', async () => {
  const { stages } = await resultProvenance(store.db, score, localPrincipal);
  expect(stages.find(({ id }) => id === sample)!.attempt).toMatchObject({ workerId: 'again', workerVersion: null });
});

test('trials that share a number are listed, the newest sweep first, to each owner only their own', async () => {
  const trial = (sweepId: string, owner: string) => ({ sweepId, sweepName: sweepId, owner, cellId: 'cell', trainSeed: 3, sampleSeed: 5 });
  expect(await resultProvenance(store.db, score, localPrincipal)).toMatchObject({ trials: [trial('b', 'bob'), trial('a', 'ann')], trialsCut: false });
  expect((await resultProvenance(store.db, score, { id: 'ann', scope: 'submit' })).trials).toEqual([trial('a', 'ann')]);
});

test('of a stage that more trials share than are looked at, trials of an owner may be missing, and that is said', async () => {
  await store.db.query(`with made as (insert into trials (sweep_id, cell_id, train_seed, sample_seed) select 'b', 'cell', 100, i from generate_series(1, 1000) i returning id) insert into trial_stages select id, 'train', $1 from made`, [train]);
  await store.db.query(`insert into trial_stages select id, 'guide', $1 from trials where sweep_id = 'a'`, [train]);
  expect(await resultProvenance(store.db, train, { id: 'ann', scope: 'submit' })).toMatchObject({ trialsCut: true });
});

import { baseConfig, insertSweep, realBaselines } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { sweepTables } from './sweep-tables.js';
import { allTrials, trialsPage } from './trials.js';

const store = useDatabase();
const scales = [0.5, 1, 2];
const samplers = [{ kind: 'heun' }, { kind: 'ddim', eta: 0 }];
const grid = scales.flatMap((inputScale) => samplers.map((sampler) => ({ inputScale, sampler })));

beforeAll(() => insertSweep(store.db, 'single', Array.from({ length: 7 }, (_, i) => ({ id: `s${i}`, config: { ...baseConfig, steps: i + 1 }, trials: [{ fid: i }] }))));

beforeAll(() => insertSweep(store.db, 'g', grid.map((values, i) => ({
  id: `c${i}`, config: { ...baseConfig, ...values },
  trials: i === 5 ? [{ trainSeed: 1, sampleSeed: 1 }] : [{ trainSeed: 2, sampleSeed: 1, fid: i === 4 ? NaN : 20 + i, nfe: 19, outside: 3 }, { trainSeed: 1, sampleSeed: 1, fid: 10 + i, nfe: 9 }],
}))));

async function collected(pageSize: number) {
  const pages = [];
  for await (const page of allTrials(store.db, 'g', pageSize)) pages.push(page);
  return pages;
}

test('a trial has a raw column for each path that varies, its seeds, its scores, and the stages that made them', async () => {
  const { columns, types, trials } = await trialsPage(store.db, { sweepId: 'g', limit: 2 });
  expect(types).toMatchObject({ 'cell': 'string', 'inputScale': 'number', 'sampler.kind': 'string', 'sampler.eta': 'number', 'fid': 'number', 'diverged': 'boolean', 'score_stage': 'string' });
  expect(columns.slice(0, 6)).toEqual(['cell', 'inputScale', 'sampler.kind', 'sampler.eta', 'train_seed', 'sample_seed']);
  expect(trials[1]).toEqual({
    'cell': 'c0', 'inputScale': 0.5, 'sampler.kind': 'heun', 'sampler.eta': null, 'train_seed': 2, 'sample_seed': 1, 'state': 'done', 'fid': 20, 'fid_real': realBaselines.fid, 'diverged': false,
    'n': 2048, 'evaluator': 'e', 'nfe': 19, 'noise_levels_out_of_range': 3, 'loss': null, 'train_stage': 'train-g-c0-0', 'sample_stage': 'sample-g-c0-0', 'score_stage': 'score-g-c0-0',
  });
  expect(Object.keys(trials[1]!)).toEqual(columns);
});

test('levels that were chosen for a network are a column, as a list that a sweep file takes', async () => {
  const [optimised, karras] = [{ kind: 'optimised', teacherSteps: 60 }, { kind: 'karras', rho: 7 }];
  await insertSweep(store.db, 'chosen', [{ id: 'o', config: { ...baseConfig, discretisation: optimised }, trials: [{ fid: 1 }, { sampleSeed: 2 }] }, { id: 'k', config: { ...baseConfig, discretisation: karras }, trials: [{ fid: 2 }] }]);
  await store.db.query(`insert into stages (id, kind, code_version, params, state, work) select 'chosen-' || s, 'levels', 1, '{}', 'done', 1 from unnest(array['done', 'waits']) s`);
  await store.db.query(`insert into trial_stages select id, 'levels', case sample_seed when 2 then 'chosen-waits' else 'chosen-done' end from trials where sweep_id = 'chosen' and cell_id = 'o'`);
  await store.db.query(`insert into metrics (stage_id, name, value, details) values ('chosen-done', 'teacher_nfe', 119, '{"sigmas": [20, 0.1234567890123456, 0]}')`);
  const { columns, types, trials } = await trialsPage(store.db, { sweepId: 'chosen' });
  expect(types['levels']).toBe('string');
  expect(trials.map(({ levels }) => levels)).toEqual(['[20, 0.1234567890123456, 0]', null, null]);
  expect(Object.keys(trials[0]!)).toEqual(columns);
});

test('a trial that diverged has NaN and says so; one that has not ended has its state and no score', async () => {
  const trials = (await collected(100)).flatMap((page) => page.trials);
  expect(trials.find(({ cell, train_seed: seed }) => cell === 'c4' && seed === 2)).toMatchObject({ fid: NaN, diverged: true });
  expect(trials.at(-1)).toMatchObject({ cell: 'c5', state: 'ready', fid: null, diverged: null, n: null });
});

test.each([1, 2, 3, 5, 11, 12])('pages of %i have every trial once, in the order of the grid and of the seeds', async (pageSize) => {
  const pages = await collected(pageSize);
  expect(pages.every(({ trials }) => trials.length <= pageSize)).toBe(true);
  const [whole] = await collected(1000);
  expect(pages.flatMap(({ trials }) => trials)).toEqual(whole!.trials);
  expect(whole!.trials.map(({ cell, train_seed: seed }) => `${cell}.${seed}`)).toEqual([0, 1, 2, 3, 4].flatMap((i) => [`c${i}.1`, `c${i}.2`]).concat('c5.1'));
});

test.each([1, 2, 3, 7])('of cells with one trial each, pages of %i have every trial too', async (pageSize) => {
  const pages = [];
  for await (const page of allTrials(store.db, 'single', pageSize)) pages.push(page);
  expect(pages.flatMap(({ trials }) => trials.map(({ cell }) => cell))).toEqual(Array.from({ length: 7 }, (_, i) => `s${i}`));
});

test('a page goes on after its cursor, and refuses one that is not its own', async () => {
  const first = await trialsPage(store.db, { sweepId: 'g', limit: 3 });
  const second = await trialsPage(store.db, { sweepId: 'g', limit: 100, cursor: first.nextCursor! });
  expect([...first.trials, ...second.trials]).toHaveLength(11);
  expect(second.nextCursor).toBeNull();
  await expect(trialsPage(store.db, { sweepId: 'g', cursor: 'next' })).rejects.toMatchObject({ code: 'request.invalid' });
});

test('the tables of a sweep are of the axes that its cells differ on', async () => {
  expect(await sweepTables(store.db, 'g')).toEqual(['inputScale-by-sampler']);
});

import type { Queryable } from '../queryable.js';
import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { useDatabase } from '../test-store.fixture.js';
import { sweepEffects } from './sweep-effects.js';
import { sweepLadder } from './sweep-ladder.js';
import { sweepParallel } from './sweep-parallel.js';
import { sweepPareto } from './sweep-pareto.js';
import { sweepPlot } from './sweep-plot.js';
import { sweepSizes } from './sweep-sizes.js';
import { unscored } from './unscored.js';

const store = useDatabase();

/** Four configurations of two seeds, none of which has both: two diverged, one in its score, the others lack a trial. */
async function insertEnded(id: string, state: string): Promise<void> {
  await insertSweep(store.db, id, [
    { id: 'c0', config: { ...baseConfig, steps: 5 }, trials: [{ trainSeed: 1 }, { trainSeed: 2 }] },
    { id: 'c1', config: { ...baseConfig, steps: 10 }, trials: [{ trainSeed: 1, fid: NaN }, { trainSeed: 2, fid: NaN }] },
    { id: 'c2', config: { ...baseConfig, steps: 20 }, trials: [{ trainSeed: 1 }, { trainSeed: 2 }] },
    { id: 'c3', config: { ...baseConfig, steps: 40 }, trials: [{ trainSeed: 1 }, { trainSeed: 2 }] },
  ]);
  await store.db.query(`update stages set state = 'failed', error = '{"code": "stage.diverged"}' where id = 'train-' || $1 || '-c0-0'`, [id]);
  await store.db.query(`update stages set state = 'failed', error = '{"code": "stage.crashed"}' where id like 'train-' || $1 || '-c_-_' and state = 'ready' and id not like '%c0-_'`, [id]);
  await store.db.query('update sweeps set state = $2 where id = $1', [id, state]);
}

beforeAll(async () => {
  await insertEnded('ended', 'failed');
  await insertEnded('stopped', 'cancelled');
  await insertEnded('running', 'running');
});

const questions: readonly [string, (db: Queryable, sweepId: string) => Promise<unknown>][] = [
  ['effects', (db, sweepId) => sweepEffects(db, { sweepId })],
  ['ladder', (db, sweepId) => sweepLadder(db, { sweepId, from: 'best' })],
  ['pareto', (db, sweepId) => sweepPareto(db, { sweepId })],
  ['plot', (db, sweepId) => sweepPlot(db, { sweepId })],
  ['plot parallel', (db, sweepId) => sweepParallel(db, { sweepId })],
  ['plot sizes', (db, sweepId) => sweepSizes(db, { sweepId })],
  ['a range of a metric', (db, sweepId) => sweepParallel(db, { sweepId, within: { fid: { low: 0, high: null } } })],
];

test.each(questions)('%s of a sweep that has ended without a whole configuration says what became of them and what to do, not to wait', async (_, asked) => {
  await expect(asked(store.db, 'ended')).rejects.toThrow(/fid.*, and it has ended: of its 4 configurations 2 diverged and 2 lack trials that failed; `elucidate failures ended` says where; change or exclude what diverged .*; `elucidate retry ended` runs again what failed$/);
  await expect(asked(store.db, 'stopped')).rejects.toThrow(/, and it was cancelled: of its 4 configurations 2 diverged and 2 lack trials that were cancelled; .*`elucidate retry stopped` runs again what was cancelled$/);
  await expect(asked(store.db, 'running')).rejects.toThrow(/ yet; `elucidate status running` says what is left$/);
});

test('of a metric that it does not compute a sweep says which it does, whether it has ended or not', async () => {
  for (const id of ['ended', 'running']) expect(await unscored(store.db, id, 'kid')).toBe(': it computes fid; add kid to evaluate.metrics and run the file again, networks and images are reused');
});

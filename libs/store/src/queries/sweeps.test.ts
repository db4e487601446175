import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import { getSweep, listSweeps } from './sweeps.js';

const store = useDatabase();

test('sweeps are paged newest first, each once, even if some were created in the same microsecond', async () => {
  const ids = ['p1', 'p2', 'p3', 'p4', 'p5'];
  for (const id of ids) await insertSweep(store.db, id, [{ id: 'c', config: baseConfig, trials: [{ fid: 1 }, {}] }]);
  await store.db.query(`update sweeps set created_at = '2024-05-17T10:00:00.123456Z' where id in ('p2', 'p3', 'p4')`);
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const { sweeps, nextCursor } = await listSweeps(store.db, localPrincipal, { limit: 2, cursor });
    pages.push(sweeps.map(({ id }) => id));
    cursor = nextCursor ?? undefined;
  } while (cursor);
  expect(pages).toEqual([['p5', 'p1'], ['p4', 'p3'], ['p2']]);
  await expect(listSweeps(store.db, localPrincipal, { cursor: 'x; drop table sweeps' })).rejects.toMatchObject({ code: 'request.invalid' });
});

test('a sweep has its size, the progress of each kind of stage, what it reused, and its first failure', async () => {
  await insertSweep(store.db, 'mine', [
    { id: 'a', config: baseConfig, trials: [{ fid: 1 }, {}] },
    { id: 'b', config: baseConfig, trials: [{ fid: 2 }] },
  ]);
  await store.db.query(`update sweep_stages set reused = true where stage_id = 'train-mine-b-0'`);
  await store.db.query(`update stages set state = 'running', lease_expires_at = clock_timestamp(), progress = '{"fraction": 0.25, "note": "n"}' where id = 'train-mine-a-1'`);
  await store.db.query(`update stages set state = 'failed', ended_at = '2024-01-01Z', error = '{"code": "stage.failed", "message": "no"}' where id = 'score-mine-a-1'`);
  const sweep = await getSweep(store.db, 'mine', localPrincipal);
  expect(sweep).toMatchObject({
    id: 'mine', owner: 'local', state: 'running', endedAt: null, cells: 2, trials: 3, stages: { done: 6, running: 1, ready: 1, failed: 1 }, reusedStages: 1, spec: { name: 'x' },
    kinds: [
      { kind: 'train', states: { done: 2, running: 1 }, reused: 1, workDone: 225, workTotal: 300 },
      { kind: 'sample', states: { done: 2, ready: 1 }, reused: 0, workDone: 200, workTotal: 300 },
      { kind: 'score', states: { done: 2, failed: 1 }, reused: 0, workDone: 200, workTotal: 300 },
    ],
    failures: [{ stageId: 'score-mine-a-1', kind: 'score', state: 'failed', endedAt: '2024-01-01T00:00:00.000Z', error: { code: 'stage.failed', message: 'no' } }],
  });
  expect(sweep?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(await getSweep(store.db, 'none', localPrincipal)).toBeNull();
});

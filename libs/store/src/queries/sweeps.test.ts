import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import { useDatabase } from '../test-store.fixture.js';
import type { Queryable } from '../queryable.js';
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

test('sweeps are found by a part of their name, description or owner, by the beginning of their id, and by their state; signs of a pattern are letters', async () => {
  for (const id of ['q1', 'q2', 'q3']) await insertSweep(store.db, id, [{ id: 'c', config: baseConfig, trials: [{ fid: 1 }] }]);
  await store.db.query(`update sweeps set name = case id when 'q1' then 'Cosine 100%' when 'q2' then 'linear' else name end, owner = case id when 'q3' then 'annabel' else owner end, state = case id when 'q2' then 'failed' else state end,
    spec = case id when 'q2' then spec || '{"description": "against the COSINE"}' else spec end where id like 'q%'`);
  const found = async (page: Parameters<typeof listSweeps>[2]) => (await listSweeps(store.db, localPrincipal, page)).sweeps.map(({ id }) => id);
  expect(await Promise.all(['cosine', '100%', '%', 'ANNABEL', 'q2', 'Q2', '_'].map((search) => found({ search })))).toEqual([['q2', 'q1'], ['q1'], ['q1'], ['q3'], ['q2'], [], []]);
  expect(await found({ search: 'cosine', state: 'failed' })).toEqual(['q2']);
  expect((await listSweeps(store.db, { id: 'ann', scope: 'read' }, { search: 'cosine' })).sweeps).toEqual([]);
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

test('a sweep that ends between the count of its stages and the reading of its state is shown with all of them ended', async () => {
  await insertSweep(store.db, 'ending', [{ id: 'c', config: baseConfig, trials: [{ fid: 1 }] }]);
  await store.db.query(`update stages set state = 'running', lease_expires_at = clock_timestamp() where id = 'score-ending-c-0'`);
  await listSweeps(store.db, localPrincipal);
  // ends as the sweep itself is read, after its stages were counted
  let ended = false;
  const racing: Queryable = {
    async query<T>(sql: string, params?: unknown[]): Promise<T> {
      if (!ended && sql.includes('from sweeps w')) {
        ended = true;
        await store.db.query(`update stages set state = 'done', lease_expires_at = null, ended_at = clock_timestamp() where id = 'score-ending-c-0'`);
        await store.db.query(`update sweeps set state = 'done', ended_at = clock_timestamp() where id = 'ending'`);
      }
      return store.db.query<T>(sql, params);
    },
  };
  expect(await getSweep(racing, 'ending', localPrincipal)).toMatchObject({ state: 'done', stages: { done: 3 } });
  expect((await getSweep(store.db, 'ending', localPrincipal))?.stages).toEqual({ done: 3 });
});

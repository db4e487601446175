import { baseConfig, insertSweep } from '../sweep-rows.fixture.js';
import { localPrincipal } from '../principal.js';
import type { Queryable } from '../queryable.js';
import { connect } from '../data-source.js';
import { useDatabase } from '../test-store.fixture.js';
import { joinPages } from '@elucidate/experiment/leaderboard-pages';
import { leaderboardGroups } from '@elucidate/experiment/leaderboard';
import type { LeaderboardEntry, LeaderboardGroup, LeaderboardPage } from '@elucidate/experiment/tables';
import { leaderboard } from './leaderboard.js';
import { summarise } from './summaries.js';
import { getSweep } from './sweeps.js';

const store = useDatabase();
const states = ['waiting', 'ready', 'running', 'done', 'failed', 'quarantined', 'cancelled'];

let seed = 7;
const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;

async function settled(): Promise<void> {
  while (await summarise(store.db));
}

/** What the summaries should say, counted over all stages. */
const counted = (sweepId: string) => store.db.query<{ state: string; n: number }[]>(`
  select s.state, count(*)::int as n from sweep_stages ss join stages s on s.id = ss.stage_id where ss.sweep_id = $1 group by 1 order by 1`, [sweepId]);

async function expectCounts(sweepId: string): Promise<void> {
  const { stages } = (await getSweep(store.db, sweepId, localPrincipal))!;
  expect(Object.entries(stages).sort(([a], [b]) => (a < b ? -1 : 1)).map(([state, n]) => ({ state, n }))).toEqual(await counted(sweepId));
}

/** The kept estimates are the rows of the view, whatever order they were made in. */
async function expectEstimates(): Promise<void> {
  const columns = 'sweep_id, cell_id, metric, evaluator, images, n, mean, round(stddev::numeric, 9) as stddev, min, max, count::int, diverged::int, "real", nfe, train_seeds, sample_seeds';
  const [kept, computed] = await Promise.all(['cell_estimates', 'cell_scores'].map((from) => store.db.query(`select ${columns} from ${from} order by sweep_id, cell_id, metric, evaluator, images`)));
  expect(kept).toEqual(computed);
  await expectTrials();
}

/** The trials beside the estimates are those of the view that have a finite score, and the sizes of the rankings what can be counted. */
async function expectTrials(): Promise<void> {
  const kept = await store.db.query(`
    select e.sweep_id, e.cell_id, e.metric, e.evaluator, e.images, t.* from cell_estimates e cross join unnest(trial_train_seeds, trial_sample_seeds, trial_values) with ordinality t(train, sample, value, place) order by 1, 2, 3, 4, 5, t.place`);
  expect(kept).toEqual(await store.db.query(`
    select sweep_id, cell_id, metric, coalesce(evaluator, '') as evaluator, coalesce(images, 0) as images, train_seed as train, sample_seed as sample, value,
      row_number() over (partition by sweep_id, cell_id, metric, evaluator, images order by train_seed, sample_seed) as place
    from trial_scores where finite order by 1, 2, 3, 4, 5, place`));
  const counted = await store.db.query('select sweep_id, metric, evaluator, images, diverged = 0 and count = trials as complete, count(*)::int as cells from cell_estimates where mean is not null group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5');
  expect(await store.db.query('select * from ranking_sizes where cells > 0 order by 1, 2, 3, 4, 5')).toEqual(counted);
}

test('after any changes of states, by many at once, with stages shared by sweeps that come meanwhile, the counts are those of the stages', async () => {
  const cells = Array.from({ length: 8 }, (_, i) => ({ id: `c${i}`, config: { ...baseConfig, steps: i }, trials: [{ fid: i }, {}] }));
  await insertSweep(store.db, 'one', cells);
  const stages = (await store.db.query<{ id: string }[]>(`select stage_id as id from sweep_stages where sweep_id = 'one' order by 1`)).map(({ id }) => id);
  const connections = await Promise.all([1, 2, 3].map(() => connect({ url: store.url, poolSize: 1 })));
  for (let round = 0; round < 6; round++) {
    const changes = connections.map(async (db) => {
      for (let i = 0; i < 20; i++) {
        await db.query(`update stages set state = $2, lease_expires_at = case $2 when 'running' then clock_timestamp() end where id = $1`, [stages[random(stages.length)], states[random(states.length)]]);
        if (i % 7 === 0) await summarise(store.db);
      }
    });
    // a sweep of the same stages appears whole, while they change
    const name = `shared-${round}`;
    const entering = store.db.transaction(async (tx) => {
      await tx.query(`insert into sweeps (id, name, state, spec, spec_hash) values ($1, $1, 'running', '{}', 'h')`, [name]);
      await tx.query(`insert into sweep_stages select $1, s.id, row_number() over (order by s.id), s.state = 'done' from stages s`, [name]);
    });
    await Promise.all([...changes, entering]);
    await settled();
    for (let sweep = 0; sweep <= round; sweep++) await expectCounts(`shared-${sweep}`);
    await expectCounts('one');
  }
  await Promise.all(connections.map((db) => db.destroy()));
});

test('scores that come, go and come again leave the estimates that the view computes over all trials', async () => {
  const cells = Array.from({ length: 12 }, (_, i) => ({ id: `d${i}`, config: { ...baseConfig, steps: i }, trials: Array.from({ length: 1 + random(4) }, () => ({ fid: random(5), kid: random(3) ? random(9) / 8 : NaN, evaluator: random(3) ? 'e' : 'f', n: random(4) ? 64 : 128 })) }));
  await insertSweep(store.db, 'scores', cells);
  await settled();
  await expectEstimates();
  const scored = await store.db.query<{ id: string }[]>(`select id from stages where kind = 'score' and id like 'score-scores-%' order by 1`);
  for (const [i, { id }] of scored.entries()) {
    if (i % 3 === 0) {
      await store.db.query('delete from metrics where stage_id = $1', [id]);
      await store.db.query(`update stages set state = 'waiting' where id = $1`, [id]);
    }
    if (i % 6 === 0) {
      await settled();
      await store.db.query(`insert into metrics (stage_id, name, value, n, evaluator) values ($1, 'fid', $2, 64, 'e')`, [id, random(100)]);
      await store.db.query(`update stages set state = 'done' where id = $1`, [id]);
    }
  }
  await settled();
  await expectEstimates();
});

/** Rows of tables read in a transaction. */
const rowsRead = (tx: Queryable, tables = ['metrics', 'trials', 'trial_stages', 'cells']): Promise<{ rows: number }[]> => tx.query('select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::int as rows from pg_stat_xact_user_tables where relname = any($1)', [tables]);

test('a score is taken in without reading those of other cells', async () => {
  await store.db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('large', 'large', 'running', '{}', 'h')`);
  await store.db.query(`insert into cells select 'large', 'l' || i, i, '{}' from generate_series(1, 5000) i`);
  await store.db.query(`insert into trials (sweep_id, cell_id, train_seed, sample_seed) select 'large', 'l' || i, 1, 1 from generate_series(1, 5000) i`);
  for (const kind of ['sample', 'score']) {
    await store.db.query(`insert into stages (id, kind, code_version, params, state, work) select $1 || '-l' || i, $1, 1, '{}', 'done', 1 from generate_series(1, 5000) i`, [kind]);
    await store.db.query(`insert into sweep_stages select 'large', $1 || '-l' || i, i * 2 + length($1) % 2, false from generate_series(1, 5000) i`, [kind]);
    await store.db.query(`insert into trial_stages select id, $1, $1 || '-' || cell_id from trials where sweep_id = 'large'`, [kind]);
  }
  await store.db.query(`insert into metrics (stage_id, name, value, n, evaluator) select 'score-l' || i, 'fid', i, 64, 'e' from generate_series(1, 5000) i`);
  await settled();
  await store.db.query('analyze');
  await store.db.transaction(async (tx) => {
    await tx.query(`update metrics set value = -1 where stage_id = 'score-l7'`);
    await tx.query(`update stages set state = 'failed' where id = 'score-l7'`);
    const [before] = await rowsRead(tx);
    await summarise(tx);
    const [after] = await rowsRead(tx);
    expect(after!.rows - before!.rows).toBeLessThan(100);
  });
  expect(await store.db.query(`select mean from cell_estimates where sweep_id = 'large' and cell_id = 'l7'`)).toEqual([{ mean: -1 }]);
});

test.each([20, 50])('a page of %i rows reads the estimates of its own cells, and trials of one of them for what its scores rest on, whatever the size of the sweep', async (limit) => {
  const read = (page: { cursor?: string }) => store.db.transaction(async (tx) => {
    const counts = async () => [(await rowsRead(tx, ['cells', 'cell_estimates']))[0]!.rows, (await rowsRead(tx, ['metrics', 'trials', 'trial_stages', 'stages', 'sweep_stages']))[0]!.rows];
    const before = await counts();
    const { nextCursor, groups } = await leaderboard(tx, localPrincipal, { sweepId: 'large', limit, ...page });
    const [own, others] = (await counts()).map((rows, i) => rows - before[i]!);
    expect(groups[0]).toMatchObject({ rows: { length: limit }, choice: { among: 5000 } });
    expect(own).toBeLessThan(8 * limit + 20);
    // those of one cell; and the planner looks at the ends of indexes
    expect(others).toBeLessThan(30);
    return nextCursor!;
  });
  await read({ cursor: await read({}) });
});

test('a reader does not wait for somebody who takes long to summarise, except to see a new sweep at all', async () => {
  await settled();
  const other = await connect({ url: store.url, poolSize: 1 });
  const runner = other.createQueryRunner();
  await runner.startTransaction();
  await runner.query('select summarise(1)');
  await store.db.query(`update stages set state = 'cancelled' where id = 'score-l8'`);
  const counts = async () => (await getSweep(store.db, 'large', localPrincipal))!.stages;
  const before = await counts();
  expect(before).not.toHaveProperty('cancelled');
  await insertSweep(store.db, 'new', [{ id: 'a', config: baseConfig, trials: [{ fid: 1 }] }]);
  const seen = getSweep(store.db, 'new', localPrincipal);
  expect(await counts()).toEqual(before);
  await runner.commitTransaction();
  expect((await seen)!.stages).toEqual({ done: 3 });
  expect(await counts()).toMatchObject({ cancelled: 1 });
  await runner.release();
  await other.destroy();
});

/** The deviation depends on the order of the sum, in its last digits; means of these numbers are exact. */
const rounded = (groups: readonly LeaderboardGroup[]): LeaderboardGroup[] => JSON.parse(JSON.stringify(groups, (key, value: unknown) => (key === 'stddev' && typeof value === 'number' ? Number(value.toFixed(9)) : value))) as LeaderboardGroup[];

/** Without what is computed from single trials. */
const plain = (groups: readonly LeaderboardGroup[]): LeaderboardGroup[] =>
  JSON.parse(JSON.stringify(groups, (key, value: unknown) => (['standing', 'confidence', 'choice'].includes(key) ? undefined : key === 'bases' ? [] : value))) as LeaderboardGroup[];

/** Cells of the leaderboard view, each estimate with the number of trials that the cell is to have. */
async function everything(sweepId?: string): Promise<LeaderboardEntry[]> {
  const planned = await store.db.query<{ cell: string; trials: number }[]>(`select sweep_id || ' ' || cell_id as cell, count(*)::int as trials from trials group by 1`);
  const trialsOf = new Map(planned.map(({ cell, trials }) => [cell, trials]));
  return (await viewed(sweepId)).map((row) => ({ ...row, metrics: Object.fromEntries(Object.entries(row.metrics).map(([key, estimate]) => [key, { ...estimate, trials: trialsOf.get(`${row.sweepId} ${row.cellId}`)! }])) }));
}

const viewed = (sweepId?: string) => store.db.query<LeaderboardEntry[]>(`
  select sweep_id as "sweepId", cell_id as "cellId", config, metrics, n, nfe, evaluator, train_seeds as "trainSeeds", sample_seeds as "sampleSeeds", noise_levels_out_of_range as "noiseLevelsOutOfRange"
  from leaderboard where $1::text is null or sweep_id = $1 order by evaluator nulls last, n desc nulls last, position, sweep_id`, [sweepId ?? null]);

const allPages = async (question: { sweepId?: string; metric?: string }, limit: number): Promise<LeaderboardPage[]> => {
  const pages: LeaderboardPage[] = [];
  for (let cursor: string | undefined; pages.length === 0 || cursor !== undefined; cursor = pages.at(-1)!.nextCursor ?? undefined) {
    pages.push(await leaderboard(store.db, localPrincipal, { ...question, limit, cursor }));
    expect(pages.at(-1)!.groups.reduce((sum, { rows }) => sum + rows.length, 0)).toBeLessThanOrEqual(limit);
  }
  return pages;
};

test.each([1, 3, 7, 200])('pages of %i rows, joined, are the whole leaderboard: each ranked row once, with its rank, estimates and configuration, then the unranked', async (limit) => {
  for (const metric of [undefined, 'kid']) {
    const pages = await allPages({ sweepId: 'scores', ...(metric !== undefined && { metric }) }, limit);
    const joined = rounded(plain(joinPages(pages)));
    const expected = rounded(leaderboardGroups(await everything('scores'), metric));
    const ranked = expected.map((group) => ({ ...group, rows: group.rows.filter(({ metrics }) => group.metric !== null && metrics[group.metric] !== undefined) })).filter(({ rows }) => rows.length > 0);
    expect(joined.filter((group) => group.metric !== null)).toEqual(ranked);
    const unranked = new Set((await everything('scores')).map(({ cellId }) => cellId).filter((id) => !ranked.some(({ rows }) => rows.some(({ cellId }) => cellId === id))));
    expect(joined.filter((group) => group.metric === null).flatMap(({ rows }) => rows.map(({ cellId }) => cellId)).sort()).toEqual([...unranked].sort());
  }
});

test('over all sweeps pages give every ranked row once; another owner\'s are not among them', async () => {
  const rowsOf = (pages: readonly LeaderboardPage[]) => joinPages(pages).flatMap(({ rows }) => rows.map(({ sweepId, cellId, evaluator, n, rank }) => [sweepId, cellId, evaluator, n, rank]));
  const ranked = leaderboardGroups(await everything()).flatMap(({ rows }) => rows.filter(({ metrics }) => Object.keys(metrics).length > 0).map(({ sweepId, cellId, evaluator, n, rank }) => [sweepId, cellId, evaluator, n, rank]));
  expect(rowsOf(await allPages({}, 101)).map(String).sort()).toEqual(ranked.map(String).sort());
  await store.db.query(`update sweeps set owner = 'ann' where id = 'scores'`);
  const bobs = await leaderboard(store.db, { id: 'bob', scope: 'submit' }, { limit: 200 });
  const anns = await leaderboard(store.db, { id: 'ann', scope: 'submit' }, { limit: 200 });
  expect([rowsOf([bobs]), [...new Set(rowsOf([anns]).map(([sweepId]) => sweepId))]]).toEqual([[], ['scores']]);
});

test('what all rows of a page share and the sweep does not vary stands beside them, once', async () => {
  await store.db.query(`update sweeps set spec = '{"parameters": {"steps": {"values": [1, 2]}, "sampler": {"values": [{"kind": "heun"}]}}, "include": [{"inputScale": 2}]}' where id = 'scores'`);
  const { fixed, groups } = await leaderboard(store.db, localPrincipal, { sweepId: 'scores', limit: 1 });
  expect(Object.keys(groups[0]!.rows[0]!.config).sort()).toEqual(['inputScale', 'steps']);
  expect(fixed).toMatchObject({ sampler: baseConfig.sampler, schedule: baseConfig.schedule, dataset: baseConfig.dataset });
});

test.each(['x', 'WzEsMl0', Buffer.from('["fid"]').toString('base64url')])('the cursor %s is refused', async (cursor) => {
  await expect(leaderboard(store.db, localPrincipal, { cursor })).rejects.toMatchObject({ code: 'request.invalid' });
});

import { createTestDatabase } from '@elucidate/embedded/test-database';
import { EventNumbers1764000000060 } from '@elucidate/migrations/1764000000060-event-numbers';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { useDatabase } from '../test-store.fixture.js';
import { eventsAfter, latestEventId } from './events.js';

const store = useDatabase();
const write = (db: Pick<DataSource, 'query'>, type: string, sweepId: string | null = null): Promise<unknown> =>
  db.query(`insert into events (type, data, sweep_id) values ($1, '{"a": 1}', $2)`, [type, sweepId]);

test('a reader that continues from the last id sees every event once, although transactions commit in another order than they wrote', async () => {
  const seen: string[] = [];
  let after = 0;
  const read = async (): Promise<void> => {
    const events = await eventsAfter(store.db, { after, limit: 100 });
    seen.push(...events.map(({ type }) => type));
    after = events.at(-1)?.id ?? after;
  };
  const [early, late] = [store.db.createQueryRunner(), store.db.createQueryRunner()];
  await early.startTransaction();
  await write(early, 'early 1');
  await late.startTransaction();
  await write(late, 'late 1'); // written between the two of early
  await write(early, 'early 2');
  await early.commitTransaction();
  await read();
  await write(store.db, 'alone');
  await read();
  await late.commitTransaction();
  await read();
  expect(seen).toEqual(['early 1', 'early 2', 'alone', 'late 1']);
  expect(await latestEventId(store.db)).toBe(after);
  await Promise.all([early.release(), late.release()]);
});

/** Runs `use` while a transaction that has written is open on `url`. */
async function whileOpen(url: string, writing: string, use: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`begin; ${writing}`);
    await use();
  } finally {
    await client.end();
  }
}

test('a transaction left open holds back its own events only, even in another database of the same server', async () => {
  const elsewhere = await createTestDatabase();
  await whileOpen(elsewhere.url, 'create table t ()', () => whileOpen(store.url, `insert into events (type, data) values ('never', '{}')`, async () => {
    const after = await latestEventId(store.db);
    await write(store.db, 'meanwhile');
    expect((await eventsAfter(store.db, { after, limit: 9 })).map(({ type }) => type)).toEqual(['meanwhile']);
  }));
  await elsewhere.drop();
});

test('a process that freezes while it numbers events delays no writer and no reader, and no id comes twice', async () => {
  const after = await latestEventId(store.db);
  await write(store.db, 'numbered by the frozen one');
  await whileOpen(store.url, 'select number_events(100)', async () => {
    await write(store.db, 'later');
    expect(await eventsAfter(store.db, { after, limit: 9 })).toEqual([]);
  });
  const events = await eventsAfter(store.db, { after, limit: 9 });
  expect(events.map(({ type }) => type)).toEqual(['numbered by the frozen one', 'later']);
  expect(new Set(events.map(({ id }) => id)).size).toBe(2);
});

test('events from before the migration keep their ids, and later ones continue from there', async () => {
  const { db } = store;
  const migration = new EventNumbers1764000000060();
  const runner = db.createQueryRunner();
  await write(db, 'never read');
  await migration.down(runner);
  await write(db, 'of before');
  const before = await db.query<{ id: string }[]>(`select id from events order by id`);
  await migration.up(runner);
  await runner.release();
  const last = Number(before.at(-1)?.id);
  expect(await latestEventId(db)).toBe(last);
  expect(await db.query('select id from events order by id')).toEqual(before);
  await write(db, 'of after');
  expect((await eventsAfter(db, { after: last, limit: 9 })).map(({ type }) => type)).toEqual(['of after']);
});

test('with many concurrent writers and a reader no event is lost or repeated, and ids only grow', async () => {
  let [after, done] = [await latestEventId(store.db), false];
  const seen: { id: number; type: string }[] = [];
  const reading = (async () => {
    for (let last = false; !last;) {
      last = done;
      const events = await eventsAfter(store.db, { after, limit: 7 });
      seen.push(...events);
      after = events.at(-1)?.id ?? after;
      if (events.length > 0) last = false;
    }
  })();
  await Promise.all(Array.from({ length: 6 }, async (_, writer) => {
    for (let i = 0; i < 20; i++) await store.db.transaction(async (tx) => {
      for (let part = 0; part < 3; part++) await tx.query(`insert into events (type, data) select $1, '{}' from (select pg_sleep(0.001)) nap`, [`${writer} ${i} ${part}`]);
    });
  }));
  done = true;
  await reading;
  expect(new Set(seen.map(({ type }) => type)).size).toBe(360);
  expect(seen).toHaveLength(360);
  expect(seen.every(({ id }, i) => i === 0 || id > (seen[i - 1]?.id ?? 0))).toBe(true);
  expect(Number.isSafeInteger(after)).toBe(true);
});

test('only the events of the given sweep are returned, oldest first, up to the given limit', async () => {
  await store.db.query(`insert into sweeps (id, name, state, spec, spec_hash) values ('s', 's', 'running', '{}', 'h')`);
  for (const type of ['one', 'two', 'three']) {
    await write(store.db, type, 's');
    await write(store.db, 'other');
  }
  const [first, ...rest] = await eventsAfter(store.db, { sweepId: 's', after: 0, limit: 2 });
  expect(rest).toHaveLength(1);
  expect(first).toEqual({ id: expect.any(Number) as number, sweepId: 's', owner: 'local', type: 'one', data: { a: 1 }, at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
  expect((await eventsAfter(store.db, { sweepId: 's', after: rest[0]?.id ?? 0, limit: 9 })).map(({ type }) => type)).toEqual(['three']);
});

import { ElucidateError } from '@elucidate/experiment/errors';
import { shortened } from '@elucidate/experiment/text-limits';
import pg from 'pg';
import { databaseTrouble } from './database-trouble.js';
import { errorJson, toElucidateError } from './failure-of.js';
import { openTestStore, type TestStore } from './store.fixture.js';

describe('databaseTrouble, from a real server', () => {
  let database: TestStore;
  beforeAll(async () => { database = await openTestStore(); });
  afterAll(() => database.close());

  const errorOf = async (sql: string): Promise<unknown> => database.store.db.query(sql).then(() => undefined, (error: unknown) => error);

  it.each([
    ['a table of another version', 'select * from stages_of_tomorrow', 'schema'],
    ['a column of another version', 'select tomorrow from stages', 'schema'],
    ['a statement that took too long', 'set statement_timeout = 1; select pg_sleep(5)', 'busy'],
    ['a serialisation failure', `do $$ begin raise exception using errcode = '40001', message = 'could not serialize access'; end $$`, 'busy'],
    ['a full disk on the server', `do $$ begin raise exception using errcode = '53100', message = 'could not extend file'; end $$`, 'busy'],
    ['a value out of range', 'select 1/0', undefined],
    ['a constraint', `insert into workers (id) values (null)`, undefined],
    ['a server that shuts down', `select pg_terminate_backend(pg_backend_pid())`, 'connection'],
  ])('%s', async (_, sql, trouble) => {
    const error = await errorOf(sql);
    expect(error).toBeDefined();
    expect(databaseTrouble(error)).toBe(trouble);
    expect(toElucidateError(error).code).toBe(trouble === undefined ? 'stage.failed' : 'database.unreachable');
  });

  it('a server that is not there', async () => {
    const client = new pg.Client({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    const error: unknown = await client.connect().catch((cause: unknown) => cause);
    expect(databaseTrouble(error)).toBe('connection');
  });

  it.each(['broke before it was used', 'was closed'])('a connection that %s', async (how) => {
    const client = new pg.Client({ connectionString: database.url });
    const broken = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    if (how === 'was closed') await client.end();
    else {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await database.store.db.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
      await broken;
    }
    expect(databaseTrouble(await client.query('select 1').catch((cause: unknown) => cause))).toBe('connection');
  });

  it('is not an error of a file', () => {
    expect(databaseTrouble(Object.assign(new Error('EPIPE'), { code: 'EPIPE', syscall: 'spawn' }))).toBeUndefined();
  });
});

describe('errorJson', () => {
  it('keeps the beginning and the end of a message and details of any length', () => {
    const error = new ElucidateError('stage.crashed', `begin ${'x'.repeat(10_000_000)} end`, { details: { how: 'SIGKILL', stderr: Array.from({ length: 20 }, () => 'y'.repeat(1_000_000)) } });
    const text = errorJson(error);
    expect(text.length).toBeLessThan(20_000);
    const kept = JSON.parse(text) as { message: string; details: { how: string } };
    expect(kept.message).toMatch(/^begin x+\n\[\.\.\. 9996\d* characters left out \.\.\.\]\nx+ end$/);
    expect(kept.details.how).toBe('SIGKILL');
  });

  it('leaves a short one as it is', () => {
    expect(JSON.parse(errorJson(new ElucidateError('stage.failed', 'short', { details: { a: [1, 2] } })))).toEqual({ code: 'stage.failed', message: 'short', fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/), details: { a: [1, 2] } });
    expect(shortened('abc', 3)).toBe('abc');
  });
});

test('an error is kept with its fingerprint, which is the same for every stage that fails so', () => {
  const crashed = (stage: string): ElucidateError => new ElucidateError('stage.crashed', `The process of train stage ${stage.repeat(8)} died (SIGKILL) and had written nothing to stderr`);
  const prints = ['3f2a9c01', 'deadbeef'].map((stage) => (JSON.parse(errorJson(crashed(stage))) as { fingerprint: string }).fingerprint);
  expect(prints).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/), prints[0]]);
});

import { ElucidateError, type ErrorCode } from '@elucidate/experiment/errors';
import { whenAccepting } from './when-accepting.js';

const coded = (code: string, message: string): Error => Object.assign(new Error(message), { code });
const wrapped = (code: ErrorCode, cause: Error): ElucidateError => new ElucidateError(code, `It does not answer (${cause.message})`, { cause });

/** Fails once with the error, then opens; what came of it, how many tries that took, and what was said. */
async function tried(error: Error): Promise<[outcome: unknown, tries: number, said: string[]]> {
  const said: string[] = [];
  let tries = 0;
  const open = async (): Promise<string> => {
    if (++tries === 1) throw error;
    return 'open';
  };
  const outcome = await whenAccepting(open, { log: (line) => said.push(line), everyMs: 0 }).catch((thrown: unknown) => thrown);
  return [outcome, tries, said];
}

const full = coded('53300', 'sorry, too many clients already');

test.each<[string, Error]>([
  ['that starts', wrapped('database.unreachable', coded('57P03', 'the database system is starting up'))],
  ['that shuts down', wrapped('database.unreachable', coded('57P01', 'terminating connection due to administrator command'))],
  ['without a connection left', wrapped('database.unreachable', full)],
  ['without a connection left for the queue', wrapped('queue.unreachable', full)],
  ['without a second connection, after the first', full],
  ['too slow to connect', wrapped('database.unreachable', new Error('Connection terminated due to connection timeout'))],
  ['too slow to give the pool a connection', wrapped('queue.unreachable', new Error('timeout exceeded when trying to connect'))],
  ['that ended a statement as its limit passed', wrapped('queue.unreachable', coded('57014', 'canceling statement due to user request'))],
  ['too slow to answer', wrapped('queue.unreachable', new Error('Query read timeout'))],
])('a PostgreSQL %s is waited for, which is said once', async (_, error) => {
  expect(await tried(error)).toEqual(['open', 2, [`${error.message}; waiting for up to 60 s`]]);
});

test.each<[string, Error]>([
  ['a PostgreSQL that refuses the connection', wrapped('database.unreachable', coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'))],
  ['a PostgreSQL that refuses the connection of the queue', wrapped('queue.unreachable', coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'))],
  ['a PostgreSQL behind an address that nobody has', wrapped('database.unreachable', coded('ETIMEDOUT', 'connect ETIMEDOUT 203.0.113.7:5432'))],
  ['a PostgreSQL that refuses the password', wrapped('database.unreachable', coded('28P01', 'password authentication failed for user "x"'))],
  ['a PostgreSQL without the database', wrapped('database.unreachable', coded('3D000', 'database "x" does not exist'))],
  ['a PostgreSQL whose database was dropped meanwhile', wrapped('database.unreachable', coded('57P04', 'terminating connection because the database was dropped'))],
  ['a PostgreSQL behind a pooler that BullMQ cannot work through', new ElucidateError('queue.unreachable', 'DATABASE_URL leads through a pooler')],
  ['a PostgreSQL of another version', new ElucidateError('database.outdated', 'The database is newer', { cause: full })],
  ['a Redis that refuses the connection', wrapped('queue.unreachable', coded('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:6379'))],
  ['a Redis that is silent', wrapped('queue.unreachable', new Error('Command timed out'))],
])('%s is not waited for', async (_, error) => {
  expect(await tried(error)).toEqual([error, 1, []]);
});

test('when its patience is over it throws the last error', async () => {
  let [now, tries] = [1000, 0];
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now);
  const open = async (): Promise<never> => {
    now += 400;
    throw wrapped('database.unreachable', coded('53300', `try ${++tries}`));
  };
  const said: string[] = [];
  await expect(whenAccepting(open, { log: (line) => said.push(line), patienceMs: 1000, everyMs: 0 })).rejects.toThrow('It does not answer (try 4)');
  clock.mockRestore();
  expect(said).toEqual(['It does not answer (try 1); waiting for up to 1 s']);
});

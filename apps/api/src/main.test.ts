import { fork, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTestDatabase } from '@elucidate/embedded/test-database';
import type { TestDatabase } from '@elucidate/embedded/test-database';

let database: TestDatabase;
let home: string;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'elucidate-main-'));
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true });
});

/** The built program, started as a child process. */
const start = (env: Record<string, string>): ChildProcess =>
  fork(fileURLToPath(new URL('../dist/main.js', import.meta.url)), [], { env: { PATH: process.env.PATH ?? '', ELUCIDATE_HOME: home, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });

/** What it sends once it listens; rejects if it ends before that. */
async function listening(child: ChildProcess): Promise<{ type: string; url: string }> {
  const early = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`The API ended (${signal ?? code}) before it listened`);
  });
  const [message] = (await Promise.race([once(child, 'message'), early])) as [{ type: string; url: string }];
  early.catch(() => undefined);
  return message;
}

test.each(['disconnect', 'SIGTERM', 'SIGINT'] as const)('it migrates an empty database, logs its address, and stops cleanly on %s with a stream open', async (how) => {
  const child = start({ DATABASE_URL: database.url, PORT: '0' });
  const line = once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  const message = await listening(child);
  expect(String((await line)[0])).toMatch(new RegExp(`^\\d{4}-\\d{2}-\\d{2}T[\\d:.]+Z listening on ${message.url}\n$`));
  const stream = await fetch(`${message.url}/v1/events`);
  expect(await (await fetch(`${message.url}/readyz`)).json()).toMatchObject({ status: 'ok', database: 'ok', queue: 'ok' });
  const ended = once(child, 'exit');
  if (how === 'disconnect') child.disconnect();
  else child.kill(how);
  expect(await ended).toEqual([0, null]);
  expect(await stream.text()).toContain('elucidate events');
});

/** How PostgreSQL accepts nobody: an ErrorResponse of its protocol. */
function refusal(state: string, message: string): Buffer {
  const response = Buffer.from(`E\0\0\0\0SFATAL\0C${state}\0M${message}\0\0`);
  response.writeInt32BE(response.length - 1, 1);
  return response;
}
const starting = refusal('57P03', 'the database system is starting up');
const full = refusal('53300', 'sorry, too many clients already');

const queueFull = /The queue's PostgreSQL .*too many clients already\).*; waiting for up to 60 s/g;

test.each([
  { what: 'a database that is still starting', variable: 'DATABASE_URL', response: starting, refused: [1, 2], line: /starting up\).*; waiting for up to 60 s/g },
  { what: 'a database without a connection left for the queue', variable: 'QUEUE_DATABASE_URL', response: full, refused: [1, 2], line: queueFull },
  { what: 'a database without a second connection left for the queue', variable: 'QUEUE_DATABASE_URL', response: full, refused: [2], line: queueFull },
])('$what is waited for, which it says', async ({ variable, response, refused, line }) => {
  const { hostname, port } = new URL(database.url);
  let connections = 0;
  const proxy = createServer((client) => {
    client.on('error', () => undefined);
    if (refused.includes(++connections)) return void client.once('data', () => client.end(response));
    const server = connect(Number(port), hostname).on('error', () => client.destroy());
    client.pipe(server).pipe(client);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(database.url);
  url.port = String((proxy.address() as AddressInfo).port);
  const child = start({ DATABASE_URL: database.url, [variable]: url.href, PORT: '0' });
  const said: string[] = [];
  child.stdout?.on('data', (chunk) => said.push(String(chunk)));
  expect((await fetch(`${(await listening(child)).url}/healthz`)).status).toBe(200);
  expect(said.join('').match(line)).toHaveLength(1);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  proxy.close();
});

test('stopped while it waits for a database, it ends at once with 0', async () => {
  const refusing = createServer((client) => client.on('error', () => undefined).once('data', () => client.end(starting)));
  await once(refusing.listen(0, '127.0.0.1'), 'listening');
  const child = start({ DATABASE_URL: `postgres://nobody@127.0.0.1:${(refusing.address() as AddressInfo).port}/x`, PORT: '0' });
  const ended = once(child, 'exit');
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  refusing.close();
});

test('without a database it names the variable to set, and exits with 2', async () => {
  const child = start({});
  const stderr: string[] = [];
  child.stderr?.on('data', (chunk) => stderr.push(String(chunk)));
  expect(await once(child, 'exit')).toEqual([2, null]);
  expect(stderr.join('')).toContain('DATABASE_URL');
});

test.each([
  ['a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    return { env: { PORT: String((taken.address() as AddressInfo).port) }, said: /^Port \d+ of 127\.0\.0\.1 is taken.*--port.*\n$/, done: () => void taken.close() };
  }],
  ['an address that is not of this machine', () => Promise.resolve({ env: { PORT: '0', HOST: '203.0.113.7', ELUCIDATE_OPEN: '1' }, said: /^HOST is 203\.0\.113\.7, which is no address of this machine.*\n$/, done: () => undefined })],
])('on %s it says what to set, in one line, and exits with 2', async (_, prepared) => {
  const { env, said, done } = await prepared();
  const child = start({ DATABASE_URL: database.url, ...env });
  const printed: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => printed.push(String(chunk)));
  expect(await once(child, 'exit')).toEqual([2, null]);
  expect(printed.join('')).toMatch(said);
  done();
});

test('on an address that others reach it starts only with keys or opened on purpose, and then says so', async () => {
  const network = { DATABASE_URL: database.url, PORT: '0', HOST: '0.0.0.0' };
  const shut = start(network);
  const stderr: string[] = [];
  shut.stderr?.on('data', (chunk) => stderr.push(String(chunk)));
  expect(await once(shut, 'exit')).toEqual([2, null]);
  expect(stderr.join('')).toMatch(/^HOST is 0\.0\.0\.0.*elucidate key create.*ELUCIDATE_OPEN=1.*\n$/);
  const open = start({ ...network, ELUCIDATE_OPEN: '1' });
  const line = once(open.stdout as NonNullable<typeof open.stdout>, 'data');
  const { url } = await listening(open);
  expect([String((await line)[0]), url]).toEqual([expect.stringContaining('(0.0.0.0). Other machines can reach it, and it is OPEN'), expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)]);
  expect((await fetch(`${url}/v1/sweeps`)).status).toBe(200);
  const ended = once(open, 'exit');
  open.kill('SIGTERM');
  await ended;
});

test('the health check of its container succeeds while it is ready, and says why not otherwise', async () => {
  const child = start({ DATABASE_URL: database.url, PORT: '0' });
  const { url } = await listening(child);
  const check = () => spawnSync(process.execPath, [fileURLToPath(new URL('../dist/healthy.js', import.meta.url))], { env: { DATABASE_URL: database.url, PORT: new URL(url).port }, encoding: 'utf8' });
  // on a busy machine the database may take longer to answer than the API waits for it
  let answer = check();
  for (let again = 0; answer.status !== 0 && again < 10; again++) answer = check();
  expect(answer).toMatchObject({ status: 0, stderr: '' });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
  expect(check()).toMatchObject({ status: 1, stderr: expect.stringContaining('ECONNREFUSED') });
});

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ElucidateError } from '@elucidate/experiment/errors';
import { answersAt, apiClient } from './api-client.js';

let server: Server;
let url: string;
const seen: { method?: string; headers: Record<string, unknown>; body: string }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ ...(request.method && { method: request.method }), headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (request.url === '/refused') {
        response.writeHead(422, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify({ code: 'spec.invalid', detail: 'steps is -1', problems: [{ path: 'steps', value: '-1', expected: '1 or more' }] }));
      } else if (request.url === '/broken') {
        response.writeHead(502, { 'content-type': 'text/html' });
        response.end('<h1>bad gateway</h1>');
      } else {
        if (request.url === '/made') response.writeHead(201);
        response.end(JSON.stringify({ ok: true }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const errorOf = (promise: Promise<unknown>): Promise<ElucidateError> => promise.then(() => { throw new Error('it succeeded'); }, (error: unknown) => error as ElucidateError);

test('a problem document becomes the same error, with its problems', async () => {
  const error = await errorOf(apiClient(url).get('/refused'));
  expect(error).toBeInstanceOf(ElucidateError);
  expect(error).toMatchObject({ code: 'spec.invalid', message: 'steps is -1', problems: [{ path: 'steps', value: '-1', expected: '1 or more' }] });
});

test('a response that is not a problem document becomes an error with the address and the status', async () => {
  expect(await errorOf(apiClient(url).get('/broken'))).toMatchObject({ code: 'api.unreachable', message: `${url} responded with status 502` });
});

test('an API that cannot be reached is an error that names the address and what to do', async () => {
  const { code, message } = await errorOf(apiClient('http://127.0.0.1:9').get('/'));
  expect(code).toBe('api.unreachable');
  expect(message).toContain('http://127.0.0.1:9');
  expect(message).toContain('--api');
  expect(await answersAt('http://127.0.0.1:9')).toBe(false);
});

test('an API on a machine that is too busy to answer at once is found', async () => {
  const asked = new Promise<ServerResponse>((resolve) => server.prependOnceListener('request', (_, response: ServerResponse) => {
    Object.assign(response, { later: response.end.bind(response), end: () => response });
    resolve(response);
  }));
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setInterval', 'queueMicrotask', 'performance', 'Date'] });
  const found = answersAt(url);
  const response = await asked;
  jest.advanceTimersByTime(10_000);
  jest.useRealTimers();
  (response as ServerResponse & { later(text: string): void }).later('{}');
  expect(await found).toBe(true);
});

test('requests carry the key; without one they carry none', async () => {
  await apiClient(url, 'elu_x').get('/');
  await apiClient(url, 'elu_x').post('/v1/sweeps', { body: 'name: x' });
  await apiClient(url, undefined).get('/');
  expect(seen.slice(-3).map(({ headers }) => headers['authorization'])).toEqual(['Bearer elu_x', 'Bearer elu_x', undefined]);
});

test('a posted sweep has its media type and its idempotency key', async () => {
  await apiClient(url).post('/v1/sweeps', { body: 'name: x', idempotencyKey: 'once' });
  expect(seen.at(-1)).toMatchObject({ method: 'POST', body: 'name: x', headers: { 'content-type': 'application/yaml', 'idempotency-key': 'once' } });
});

test('what was made now is distinguished from what was made before under its idempotency key', async () => {
  expect(await apiClient(url).create('/made', { body: 'x', idempotencyKey: 'k' })).toEqual({ made: { ok: true }, isNew: true });
  expect(await apiClient(url).create('/known', { body: 'x', idempotencyKey: 'k' })).toEqual({ made: { ok: true }, isNew: false });
  expect(seen.slice(-2)).toMatchObject([{ method: 'POST', headers: { 'idempotency-key': 'k' } }, { method: 'POST', headers: { 'idempotency-key': 'k' } }]);
});

describe('a body of pieces', () => {
  let arrived: () => void;
  let taking: (request: IncomingMessage, response: ServerResponse) => void;
  const taker = createServer((request, response) => taking(request, response));
  let address: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => taker.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(taker.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => taker.close(resolve)));
  const problem = JSON.stringify({ code: 'request.too_large', detail: 'larger than 300 MiB' });
  const refuse = (_: IncomingMessage, response: ServerResponse): void => void response.writeHead(413, { 'content-type': 'application/problem+json', connection: 'close' }).end(problem);

  test('is sent while it is made: the second is not asked for before the first is there', async () => {
    const first = new Promise<void>((resolve) => { arrived = resolve; });
    const sent: string[] = [];
    taking = (request, response) => {
      request.on('data', (piece: Buffer) => {
        sent.push(piece.toString());
        arrived();
      });
      request.on('end', () => response.end(JSON.stringify({ type: request.headers['content-type'] })));
    };
    const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from('one');
      await first;
      yield Buffer.from('two');
    };
    expect(await apiClient(address).post('/v1/programs', { body: pieces(), contentType: 'application/x-tar' })).toEqual({ type: 'application/x-tar' });
    expect(sent.join()).toBe('one,two');
  });

  test('that the API refuses before its end is refused with the reason', async () => {
    taking = refuse;
    const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
      for (;;) yield Buffer.alloc(65_536);
    };
    expect(await errorOf(apiClient(address).post('/v1/programs', { body: pieces() }))).toMatchObject({ code: 'request.too_large', message: 'larger than 300 MiB' });
  });

  test('that cannot be read to its end is that error, not an API that does not answer', async () => {
    taking = (request) => request.on('error', () => undefined).resume();
    const gone = new Error('ENOENT: weights.bin');
    const pieces = async function* (): AsyncGenerator<Uint8Array, void> {
      yield Buffer.from('one');
      throw gone;
    };
    expect(await errorOf(apiClient(address).post('/v1/programs', { body: pieces() }))).toBe(gone);
  });
});

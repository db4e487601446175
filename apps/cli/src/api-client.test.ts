import { createServer, type Server } from 'node:http';
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
      } else response.end(JSON.stringify({ ok: true }));
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

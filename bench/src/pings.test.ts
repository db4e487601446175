import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { latenciesOf, ping } from './pings.js';

test.each([
  [[7], { answers: 1, p50: 7, p99: 7, max: 7 }],
  [[3, 1, 2], { answers: 3, p50: 2, p99: 3, max: 3 }],
  [Array.from({ length: 200 }, (_, index) => 200 - index), { answers: 200, p50: 100, p99: 198, max: 200 }],
])('percentiles are those of the nearest rank: case %#', (times, expected) => {
  expect(latenciesOf(times)).toEqual(expected);
});

test('without an answer there is nothing to report', () => {
  expect(() => latenciesOf([])).toThrow(RangeError);
});

test('requests go on while a server does not answer, and every answer is timed', async () => {
  const waiting: (() => void)[] = [];
  let free = (): void => {};
  const freed = new Promise<void>((resolve) => { free = resolve; });
  // answers nothing until there are three requests
  const server = createServer((_request, response) => {
    waiting.push(() => response.end('ok'));
    if (waiting.length >= 3) free();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pinging = ping(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, 1, freed);
  await freed;
  const answering = setInterval(() => waiting.splice(0).forEach((answer) => answer()), 1);
  const times = await pinging;
  clearInterval(answering);
  expect(times.length).toBeGreaterThanOrEqual(3);
  for (const time of times) expect(time).toBeGreaterThan(0);
  server.close();
});

test('an address where nothing answers is an error', async () => {
  await expect(ping('http://127.0.0.1:9/', 1, Promise.resolve())).rejects.toThrow('ECONNREFUSED');
});

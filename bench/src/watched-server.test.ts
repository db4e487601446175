import { join } from 'node:path';
import type { WatchedServer } from './watched-server.js';

const built = (name: string): string => join(__dirname, '..', 'dist', `${name}.js`);
const start = async (file: string): Promise<WatchedServer> => ((await import(built('watched-server'))) as typeof import('./watched-server.js')).startWatched(file);

test('a server is started, watched and stopped', async () => {
  const server = await start(built('idle-server'));
  server.begin();
  expect(await (await fetch(server.url)).text()).toBe('ok');
  const { longestGapMs, longestStopMs, busySeconds, peakMegabytes } = await server.report();
  expect(longestGapMs).toBeGreaterThanOrEqual(0);
  if (process.platform === 'linux') expect(longestStopMs).not.toBeNull();
  expect(busySeconds).toBeGreaterThan(0);
  expect(peakMegabytes).toBeGreaterThan(10);
  await server.close();
  await expect(fetch(server.url)).rejects.toThrow();
});

test('a program that ends before it listens is an error with what it wrote', async () => {
  await expect(start(built('no-such-program'))).rejects.toThrow('no-such-program');
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { childrenOf, ownerOfPort, peakMemory } from './processes.js';

if (process.platform !== 'linux') console.warn('processes as /proc shows them: not tested here, because only Linux has it');
const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('the children of a process are found, and no others', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  expect(await childrenOf(process.pid)).toContain(child.pid);
  expect(await childrenOf(child.pid!)).toEqual([]);
  child.kill('SIGKILL');
});

onLinux('the owner of a connection is found by its port', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(socket, 'connect');
  const port = socket.localPort!;
  expect(await ownerOfPort(port, [1, process.pid])).toBe(process.pid);
  socket.destroy();
  server.close();
});

onLinux('the most memory of a process is at least what it holds', async () => {
  const { rss } = process.memoryUsage();
  // the kernel counts in batches
  expect(await peakMemory(process.pid)).toBeGreaterThan(rss - 4e6);
});

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@elucidate/embedded/free-port';

const mostStarts = 5;

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect').then(() => true, () => false).finally(() => socket.destroy());
};

/** Starts a server and waits until it answers; where somebody took its port in between, on another one. Returns the port. */
export async function onFreePort(start: (port: number) => ChildProcess): Promise<number> {
  for (let starts = 0; starts < mostStarts; starts++) {
    const port = await freePort();
    const server = start(port);
    for (; server.exitCode === null; await sleep(20)) if (server.signalCode !== null || ((await answers(port)) && server.exitCode === null)) return port;
  }
  throw new Error(`A server ended at once, ${mostStarts} times`);
}

import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be broken off, as a network is, and restored. */
export interface Breakable {
  url: string;
  /** Ends every connection and refuses new ones; how many it ended. */
  break(): number;
  restore(): void;
  close(): Promise<void>;
}

/** Opens one to a server on this machine. */
export async function breakable(server: string): Promise<Breakable> {
  const { hostname, port } = new URL(server);
  const open = new Set<Socket>();
  let broken = false;
  const way = createServer((near) => {
    if (broken) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    open.add(near);
    near.on('close', () => { open.delete(near); far.destroy(); }).on('error', () => near.destroy());
    far.on('close', () => near.destroy()).on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  const endAll = (): number => {
    const ended = open.size;
    for (const socket of open) socket.destroy();
    return ended;
  };
  return {
    url: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    break: () => { broken = true; return endAll(); },
    restore: () => { broken = false; },
    close: async () => {
      way.close();
      endAll();
      await once(way, 'close');
    },
  };
}

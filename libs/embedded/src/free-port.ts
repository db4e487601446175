import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port of 127.0.0.1 that nothing listens on: `preferred` if it is free, else any. */
export async function freePort(preferred: number | null = null): Promise<number> {
  const server = createServer();
  server.listen(preferred ?? 0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if (preferred === null) throw error;
    return freePort();
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

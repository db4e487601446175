import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A reverse proxy that serves a server under a path prefix, and nothing else. */
export interface Prefixed {
  /** "http://127.0.0.1:4711/elucidate/" */
  url: string;
  close(): Promise<void>;
}

/** Opens one to a server on this machine. */
export async function prefixed(server: string, prefix: string): Promise<Prefixed> {
  const proxy = createServer((asked, answer) => {
    if (!asked.url!.startsWith(prefix)) {
      answer.writeHead(404).end();
      return;
    }
    const passed = request(new URL(`/${asked.url!.slice(prefix.length)}`, server), { method: asked.method, headers: { ...asked.headers, host: new URL(server).host } }, (from) => {
      answer.writeHead(from.statusCode!, from.headers);
      from.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    answer.on('close', () => passed.destroy());
    asked.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}${prefix}`,
    close: async () => {
      proxy.close();
      proxy.closeAllConnections();
      await once(proxy, 'close');
    },
  };
}

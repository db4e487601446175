import { once } from 'node:events';
import type { Server } from 'node:http';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Env } from './env.js';

type Address = Pick<Env, 'host' | 'port'>;

/** What a listening server's errors mean, by code, and what to do. */
const reasons: Readonly<Record<string, (address: Address) => string>> = {
  EADDRINUSE: ({ host, port }) => `Port ${port} of ${host} is taken, perhaps by another elucidate api; stop that, or choose another port with PORT or --port (0: a free one)`,
  EACCES: ({ port }) => `This user may not listen on port ${port}; choose one above 1023 with PORT or --port`,
  EADDRNOTAVAIL: ({ host }) => `HOST is ${host}, which is no address of this machine; give one that it has, or 0.0.0.0 for all`,
  ENOTFOUND: ({ host }) => `HOST is ${host}, a name that is not found; give an address of this machine, or 0.0.0.0 for all`,
};

/** Listens on an address. Throws 'request.invalid' if it cannot be had. */
export async function listenOn(server: Server, address: Address): Promise<void> {
  server.listen(address.port, address.host);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    const reason = reasons[error.code ?? ''];
    throw reason === undefined ? error : new ElucidateError('request.invalid', reason(address), { cause: error });
  });
}

import { Logger } from '@nestjs/common';
import { parseEnv } from './env.js';
import { startServer } from './server.js';
import type { RunningServer } from './server.js';

const log = new Logger('elucidate');

async function stop(server: RunningServer): Promise<void> {
  await server.close();
  process.exit(0);
}

async function start(): Promise<void> {
  const server = await startServer(parseEnv(process.env));
  console.log(`listening on ${server.url}`);
  process.send?.({ type: 'listening', url: server.url });
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => void stop(server));
}

start().catch((error: unknown) => {
  log.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});

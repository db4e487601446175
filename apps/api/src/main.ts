import { exitCodes, reportError } from '@elucidate/shell/exit';
import { createLog } from '@elucidate/shell/log';
import { parseEnv } from './env.js';
import { startServer } from './server.js';
import type { RunningServer } from './server.js';

async function stop(server: RunningServer): Promise<void> {
  await server.close();
  process.exit(exitCodes.done);
}

async function start(): Promise<void> {
  const env = parseEnv(process.env);
  const log = createLog(env.logFormat);
  const server = await startServer(env, log);
  log(`listening on ${server.door}`);
  process.send?.({ type: 'listening', url: server.url });
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => void stop(server));
}

start().catch((error: unknown) => process.exit(reportError(error)));

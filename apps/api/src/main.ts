import { setTimeout as sleep } from 'node:timers/promises';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { createLog } from '@elucidate/shell/log';
import { stopSignal } from '@elucidate/shell/stop-signal';
import { parseEnv } from './env.js';
import { startServer } from './server.js';
import type { RunningServer } from './server.js';

/** How long open requests, database and queue may take to end. */
const stoppingMs = 8000;

async function stop(server: RunningServer, code: number = exitCodes.done): Promise<void> {
  // a database or queue that does not respond must not keep it
  await Promise.race([server.close(), sleep(stoppingMs)]);
  process.exit(code);
}

async function start(): Promise<void> {
  const env = parseEnv(process.env);
  const log = createLog(env.logFormat);
  const { signal, stop: end } = stopSignal({ reason: new Error('The API is stopping'), exitCode: exitCodes.failed });
  process.once('disconnect', end);
  // before it serves it has nothing to hand over
  const endAtOnce = (): never => process.exit(exitCodes.done);
  signal.addEventListener('abort', endAtOnce);
  const server = await startServer(env, log);
  signal.removeEventListener('abort', endAtOnce);
  log(`listening on ${server.exposure}`);
  process.send?.({ type: 'listening', url: server.url });
  signal.addEventListener('abort', () => void stop(server));
  void server.outdated.then((error) => stop(server, reportError(error)));
}

start().catch((error: unknown) => process.exit(reportError(error)));

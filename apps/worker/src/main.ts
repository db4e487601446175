import { ElucidateError } from '@elucidate/experiment/errors';
import { parseWorkerFlags } from '@elucidate/runtime/worker-command';
import { installationSchema, parseEnvironment } from '@elucidate/shell/environment';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { createLog } from '@elucidate/shell/log';
import { stopSignal } from '@elucidate/shell/stop-signal';
import { timeToEnd } from './end-time.js';
import { startWorker } from './worker.js';

async function main(): Promise<void> {
  const flags = parseWorkerFlags(process.argv.slice(2));
  const installation = parseEnvironment(installationSchema, process.env);
  const { signal, stop } = stopSignal({ reason: new ElucidateError('stage.interrupted', 'The worker was asked to stop'), exitCode: exitCodes.failed });
  const log = createLog(flags.json ? 'json' : installation.logFormat);
  if (process.send) process.once('disconnect', stop);
  const endsInMs = timeToEnd(flags.maxTime, process.env);
  if (endsInMs !== undefined) setTimeout(() => {
    log('the time is over');
    stop();
  }, endsInMs).unref();
  // before it takes stages it has nothing to hand back
  const endAtOnce = (): never => process.exit(exitCodes.done);
  signal.addEventListener('abort', endAtOnce);
  const { engine, slots, done } = await startWorker({ installation, flags, signal, log });
  signal.removeEventListener('abort', endAtOnce);
  process.send?.({ type: 'ready', engine, slots });
  await done;
}

main().then(() => process.exit(exitCodes.done), (error: unknown) => process.exit(reportError(error)));

import { ElucidateError } from '@elucidate/experiment/errors';
import { installationSchema, parseEnvironment } from '@elucidate/shell/environment';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { createLog } from '@elucidate/shell/log';
import { parseWorkerFlags } from '@elucidate/runtime/worker-command';
import { startWorker } from './worker.js';

/** Aborts on the first SIGTERM or SIGINT, and when the parent process has ended; a second signal exits at once. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(exitCodes.failed);
    stopping.abort(new ElucidateError('stage.interrupted', 'The worker was asked to stop'));
  };
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, stop);
  if (process.send) process.once('disconnect', () => stopping.signal.aborted || stop());
  return stopping.signal;
}

async function main(): Promise<void> {
  const flags = parseWorkerFlags(process.argv.slice(2));
  const installation = parseEnvironment(installationSchema, process.env);
  const { engine, slots, done } = await startWorker({ installation, flags, signal: stopSignal(), log: createLog(flags.json ? 'json' : installation.logFormat) });
  process.send?.({ type: 'ready', engine, slots });
  await done;
}

main().then(() => process.exit(exitCodes.done), (error: unknown) => process.exit(reportError(error)));

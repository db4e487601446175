import { ElucidateError, type ErrorCode } from '@elucidate/experiment/errors';
import { parseEnv } from './env.js';
import { help, parseFlags } from './flags.js';
import { createLog } from './log.js';
import { startWorker } from './worker.js';

/** Aborts on the first SIGTERM or SIGINT, and when the process that started us has gone; a second signal exits at once. */
function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(new ElucidateError('stage.interrupted', 'The worker was asked to stop'));
  };
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, stop);
  if (process.send) process.once('disconnect', () => stopping.signal.aborted || stop());
  return stopping.signal;
}

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  if (flags.help) return console.log(help);
  const { engine, slots, done } = await startWorker({ env: parseEnv(process.env), flags, signal: stopSignal(), log: createLog(flags.json) });
  process.send?.({ type: 'ready', engine, slots });
  await done;
}

const lacking: readonly ErrorCode[] = ['engine.absent', 'database.unreachable', 'database.outdated', 'queue.unreachable', 'disk.full'];

function exitCodeOf(error: unknown): number {
  if (!(error instanceof ElucidateError)) return 1;
  return error.code === 'request.invalid' ? 2 : lacking.includes(error.code) ? 3 : 1;
}

main().then(() => process.exit(0), (error: unknown) => {
  console.error(error instanceof ElucidateError ? error.message : error);
  process.exit(exitCodeOf(error));
});

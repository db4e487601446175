import { startOwnedForeground } from '../children.js';

/** Runs a worker in the foreground: the arguments go to it as they are. */
export async function worker(args: readonly string[]): Promise<void> {
  process.exitCode = await startOwnedForeground('@elucidate/worker/main', args);
}

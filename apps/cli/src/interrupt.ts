import { npmAncestors } from './ancestors.js';
import { exitCodes, Interrupted } from '@elucidate/shell/exit';
import { stopSignal } from '@elucidate/shell/stop-signal';

let requested = false;

/** Whether this command was asked to stop. */
export const stopRequested = (): boolean => requested;

/** An error of a command, or, where it was asked to stop, that it has: what it met meanwhile, such as a server that was ended at the same moment, is no news. `line`: how to go on. */
export function unlessStopped(error: unknown, line?: string): unknown {
  if (error instanceof Interrupted) return error.message === '' && line !== undefined ? new Interrupted(line) : error;
  return requested ? new Interrupted(line) : error;
}

/** From then on nobody waits for what is under way, so that its errors may be nobody's. */
function takeStop(): void {
  requested = true;
  process.on('uncaughtException', () => undefined);
}

/** An AbortSignal that fires on Ctrl-C, SIGTERM, or when the npm that started us has ended (killed with -9); a second Ctrl-C, more than two seconds later, exits at once. */
export function interruptSignal(): { signal: AbortSignal; dispose(): void } {
  const { signal, stop, dispose } = stopSignal({ reason: new Interrupted(), exitCode: exitCodes.interrupted });
  signal.addEventListener('abort', takeStop, { once: true });
  const before = npmAncestors();
  const orphaned = setInterval(() => {
    if (npmAncestors() !== before) stop();
  }, 500);
  orphaned.unref();
  return {
    signal,
    dispose: () => {
      clearInterval(orphaned);
      dispose();
    },
  };
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it fires. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const onAbort = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

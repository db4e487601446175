import { ancestors } from './ancestors.js';
import { exitCodes, Interrupted } from '@elucidate/shell/exit';
import { stopSignal } from '@elucidate/shell/stop-signal';

/** An AbortSignal that fires on Ctrl-C, SIGTERM, or when the process that started us has ended (npm killed with -9); a second Ctrl-C, more than two seconds later, exits at once. */
export function interruptSignal(): { signal: AbortSignal; dispose(): void } {
  const { signal, stop, dispose } = stopSignal({ reason: new Interrupted(), exitCode: exitCodes.interrupted });
  const parents = ancestors();
  const orphaned = setInterval(() => {
    if (ancestors() !== parents) stop();
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

/** Signals within this time of the first are the same request: a terminal, `scancel` or systemd signals every process of a group, and npm and the command line pass theirs on as well. */
const sameWithinMs = 2000;

export const stopSignals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface StopSignalOptions {
  /** Reason of the abort. */
  reason: Error;
  /** A signal that comes later than two seconds after the first ends the process at once, with this code. */
  exitCode: number;
}

export interface StopSignal {
  signal: AbortSignal;
  /** A request to stop that is no signal. */
  stop(): void;
  dispose(): void;
}

/** An AbortSignal that fires on SIGTERM, Ctrl-C or SIGHUP. However many of them arrive for one request, it is one. */
export function stopSignal({ reason, exitCode }: StopSignalOptions): StopSignal {
  const controller = new AbortController();
  let firstAt = Infinity;
  const stop = (): void => controller.abort(reason);
  const onSignal = (): void => {
    firstAt = Math.min(firstAt, performance.now());
    if (performance.now() - firstAt > sameWithinMs) process.exit(exitCode);
    stop();
  };
  for (const name of stopSignals) process.on(name, onSignal);
  return { signal: controller.signal, stop, dispose: () => { for (const name of stopSignals) process.off(name, onSignal); } };
}

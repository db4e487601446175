/** Runs an action never twice at once: calls made during a run share one run after it, which sees all that was true when they were made. */
export function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const run = (): Promise<void> => (running = action().finally(() => (running = undefined)));
  return () => {
    if (next !== undefined) return next;
    if (running === undefined) return run();
    return (next = running.catch(() => undefined).then(() => {
      next = undefined;
      return run();
    }));
  };
}

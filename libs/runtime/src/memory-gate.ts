export interface MemoryGate {
  /** Waits until all earlier callers have entered and `bytes` are free or nothing else runs; returns the function that releases them. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
  /** Free bytes; negative while something larger than the total runs. */
  readonly free: number;
  /** Whether a request for this many bytes would have to wait. */
  full(bytes: number): boolean;
}

interface Waiting {
  bytes: number;
  enter(): void;
}

/** Counts the memory of the stages that run, and admits them in order: small requests do not overtake large ones. A request larger than the total is admitted once nothing else runs. */
export function memoryGate(budget: number): MemoryGate {
  let [free, running] = [budget, 0];
  const queue: Waiting[] = [];
  const fits = (bytes: number) => running === 0 || bytes <= free;

  const admit = () => {
    while (queue[0] && fits(queue[0].bytes)) queue.shift()!.enter();
  };

  const hold = (bytes: number): (() => void) => {
    free -= bytes;
    running += 1;
    return () => {
      free += bytes;
      running -= 1;
      admit();
    };
  };

  return {
    async take(bytes, signal) {
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        const stop = () => {
          queue.splice(queue.indexOf(waiting), 1);
          reject(signal.reason as Error);
          // it may have been ahead of others that fit
          admit();
        };
        const waiting: Waiting = {
          bytes,
          enter: () => {
            signal.removeEventListener('abort', stop);
            resolve(hold(bytes));
          },
        };
        signal.addEventListener('abort', stop, { once: true });
        queue.push(waiting);
        admit();
      });
    },
    get free() {
      return free;
    },
    full: (bytes) => queue.length > 0 || !fits(bytes),
  };
}

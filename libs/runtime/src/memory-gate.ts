export interface MemoryGate {
  /** Waits until those that came before have entered, and so many bytes are free or nothing else runs; gives what returns them. Rejects with the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<() => void>;
  /** Bytes that nobody holds; negative while something larger than the whole runs. */
  readonly free: number;
  /** Whether so many bytes would have to wait. */
  full(bytes: number): boolean;
}

interface Waiting {
  bytes: number;
  enter(): void;
}

/** Counts the memory of the stages that run, and lets them in by turns: what needs much is not overtaken by what needs little. What is larger than the whole gets it once it is alone. */
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
          // it may have stood before others that fit
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

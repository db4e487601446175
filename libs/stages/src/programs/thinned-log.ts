/** Lines a second that are passed on: a program may print faster than a log, and the channel to it, can take. */
const mostLines = 200;

/** A log of at most 200 lines a second, in which the number of those left out takes their place; `end` says how many were last. `now`: milliseconds. */
export function thinnedLog(onLog: (line: string) => void, now: () => number = () => performance.now()): { push(line: string): void; end(): void } {
  let [since, passed, leftOut] = [-Infinity, 0, 0];
  const tell = (): void => {
    if (leftOut > 0) onLog(`[... ${leftOut} lines left out: more than ${mostLines} a second ...]`);
    leftOut = 0;
  };
  return {
    push(line) {
      if (now() - since >= 1000) {
        tell();
        [since, passed] = [now(), 0];
      }
      passed += 1;
      if (passed <= mostLines) onLog(line);
      else leftOut += 1;
    },
    end: tell,
  };
}

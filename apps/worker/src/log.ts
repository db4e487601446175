/** Takes one line about what the worker does. */
export type Log = (line: string) => void;

const repeatAfterMs = 10_000;

/** Writes lines to stdout, with the time, as text or as JSON. A line that repeats itself, such as "no connection", comes every ten seconds at most. */
export function createLog(json: boolean, write: (text: string) => void = (text) => void process.stdout.write(text)): Log {
  let last = { line: '', at: -Infinity };
  return (line) => {
    if (line === last.line && performance.now() - last.at < repeatAfterMs) return;
    last = { line, at: performance.now() };
    const time = new Date().toISOString();
    write(json ? `${JSON.stringify({ time, message: line })}\n` : `${time} ${line}\n`);
  };
}

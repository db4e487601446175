import { printableJson, printableLines } from '@elucidate/experiment/printable';

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** Receives one log line. */
export type Log = (line: string) => void;

const repeatAfterMs = 10_000;

const formatted: Readonly<Record<LogFormat, (time: string, message: string) => string>> = {
  // a line of the message never begins where a time would: what somebody wrote cannot pass for another message
  text: (time, message) => `${time} ${printableLines(message).replaceAll('\n', '\n  ')}\n`,
  json: (time, message) => `${printableJson(JSON.stringify({ time, message }))}\n`,
};

/** Writes lines to stdout with a timestamp. A line identical to the previous one, such as "no connection", is written at most every ten seconds. */
export function createLog(format: LogFormat, write: (text: string) => void = (text) => void process.stdout.write(text)): Log {
  let last = { line: '', at: -Infinity };
  return (line) => {
    if (line === last.line && performance.now() - last.at < repeatAfterMs) return;
    last = { line, at: performance.now() };
    write(formatted[format](new Date().toISOString(), line));
  };
}

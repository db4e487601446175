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

/** How many different lines are remembered: an outage repeats a few, of several connections, in turn. */
const remembered = 30;

/** Writes lines to stdout with a timestamp. A line that was written in the last ten seconds, such as "no connection", is not written again. */
export function createLog(format: LogFormat, write: (text: string) => void = (text) => void process.stdout.write(text)): Log {
  const writtenAt = new Map<string, number>();
  return (line) => {
    const now = performance.now();
    if (now - (writtenAt.get(line) ?? -Infinity) < repeatAfterMs) return;
    writtenAt.delete(line);
    writtenAt.set(line, now);
    if (writtenAt.size > remembered) writtenAt.delete(writtenAt.keys().next().value!);
    write(formatted[format](new Date().toISOString(), line));
  };
}

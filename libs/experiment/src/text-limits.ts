/** How much is kept of texts that others write: log lines and messages of any length must do no harm. */

/** Characters of a line of a log. */
export const lineLimit = 8192;
/** Characters of an error's message. */
export const messageLimit = 4000;

export const cutNote = (leftOut: number): string => ` [... ${leftOut} characters left out ...]`;

/** The beginning of a long line. */
export const cutLine = (line: string): string => (line.length <= lineLimit ? line : copyOf(line.slice(0, lineLimit)) + cutNote(line.length - lineLimit));

/** A long text without its middle: the first and last words of a process are the most informative. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${copyOf(text.slice(0, half))}\n[... ${text.length - 2 * half} characters left out ...]\n${copyOf(text.slice(-half))}`;
}

/** A slice keeps the whole string in memory, a copy does not. */
const copyOf = (slice: string): string => JSON.parse(JSON.stringify(slice)) as string;

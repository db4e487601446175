/** The end of a text of at most `last` characters, from the beginning of a line where one begins in it; all of it without a limit. */
export function endOf(text: string, last: number | undefined): { text: string; leftOut: number } {
  if (last === undefined || text.length <= last) return { text, leftOut: 0 };
  const cut = text.length - last;
  const line = text.indexOf('\n', cut - 1) + 1;
  const from = line > 0 && line < text.length ? line : cut;
  return { text: text.slice(from), leftOut: from };
}

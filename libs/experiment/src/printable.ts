/**
 * What a terminal, a log or a page would obey or hide instead of showing: control characters (ESC begins a command to the terminal, and so does
 * the single character CSI), marks that turn the direction of the text around, line and paragraph separators, invisible joiners, halves of surrogate pairs.
 */
const unprintable = /[\p{Cc}\p{Surrogate}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/gu;

const escaped = (character: string): string => {
  const code = character.codePointAt(0)!;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** Text that somebody wrote, on one line and harmless to show: what is not printable is written out, "\x1b", "\u202e". */
export const printable = (text: string): string => text.replace(unprintable, escaped);

/** The same, of several lines: newlines and tabs stay. */
export const printableLines = (text: string): string => text.replace(unprintable, (character) => (character === '\n' || character === '\t' ? character : escaped(character)));

/** Text of nothing but this needs no second look. */
const plainAscii = /^[\n\t -~]*$/;

/** JSON text of the same value, whose strings hide nothing from a terminal. */
export const printableJson = (json: string): string =>
  plainAscii.test(json) ? json : json.replace(unprintable, (character) => (/[\n\t]/.test(character) ? character : `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`));

/** A value as JSON text that hides nothing from a terminal, indented by two spaces by default. */
export const jsonOf = (value: unknown, indent = 2): string => printableJson(JSON.stringify(value, null, indent));

/** What a PostgreSQL text or jsonb cannot hold: a NUL, or half of a surrogate pair. */
export const storable = (text: string): boolean => !/\0|\p{Surrogate}/u.test(text);

/** A number as CSV has it. */
export const isNumberText = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);

/** What a spreadsheet takes for the beginning of a formula, also in full width, or drops before one; after apostrophes, too, so that one more can be taken off again. */
const formula = /^'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** Text for a field of a CSV that may be opened in a spreadsheet: what would be a formula there begins with an apostrophe (OWASP, CSV Injection). A number stays one, and "-" is none. */
export const asText = (text: string): string => (formula.test(text) && text !== '-' && !isNumberText(text) ? `'${text}` : text);

/** The text that was written so. */
export const fromText = (text: string): string => (text.startsWith("'") && formula.test(text) ? text.slice(1) : text);

/** The records of a CSV text (RFC 4180), each a list of fields as text; a quoted field may have commas, line ends and doubled quotes. Throws a RangeError for a quote that is never closed. */
export function csvRecords(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r?\n|$)/gy;
  pattern.lastIndex = text.startsWith('\ufeff') ? 1 : 0;
  while (pattern.lastIndex < text.length || record.length > 0) {
    const at = pattern.lastIndex;
    const field = pattern.exec(text);
    if (field === null) throw new RangeError(`record ${records.length + 1} has a quote that is not closed, or text beside one: ${JSON.stringify(text.slice(at, at + 40))}`);
    record.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? '');
    if (field[3] !== ',') {
      // an empty line is no record
      if (record.length > 1 || record[0] !== '') records.push(record);
      record = [];
    }
  }
  return records;
}

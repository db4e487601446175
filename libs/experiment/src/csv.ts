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

import type { ColumnType, TrialsPage } from '@elucidate/experiment/trials';
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';

const elementOf: Readonly<Record<ColumnType, Omit<SchemaElement, 'name'>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  number: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
};

const schemaOf = ({ columns, types }: TrialsPage): SchemaElement[] =>
  [{ name: 'trials', num_children: columns.length }, ...columns.map((name): SchemaElement => ({ name, repetition_type: 'OPTIONAL', ...elementOf[types[name]!] }))];

/** A column of a page; text where a column holds several kinds of value. */
function dataOf({ types, trials }: TrialsPage, column: string): unknown[] {
  return trials.map((trial) => {
    const value = trial[column] ?? null;
    return value === null || types[column] !== 'string' ? value : String(value);
  });
}

/** What has been written since this was last called. */
function taken(writer: ByteWriter): Uint8Array {
  const bytes = writer.getBytes().slice();
  writer.index = 0;
  return bytes;
}

/** As Parquet, a row group for each page: no more than one page is in memory. Numbers are DOUBLE, NaN where a trial diverged. */
export async function* trialsParquet(pages: AsyncIterable<TrialsPage>): AsyncGenerator<Uint8Array> {
  const writer = new ByteWriter();
  let file: ParquetWriter | undefined;
  for await (const page of pages) {
    file ??= new ParquetWriter({ writer, schema: schemaOf(page) });
    if (page.trials.length > 0) await file.write({ columnData: page.columns.map((name) => ({ name, data: dataOf(page, name) })), rowGroupSize: page.trials.length });
    yield taken(writer);
  }
  await file?.finish();
  yield taken(writer);
}

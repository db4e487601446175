import { columnType, type TrialRecord, type TrialsPage } from '@elucidate/experiment/trials';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { trialsParquet } from './trials-parquet.js';

const values = { 'cell': [], 'sampler.eta': [null, 0.5], 'gradientClip': [false, 1], 'clampX0': [true, false], 'train_seed': [], 'fid': [], 'diverged': [] } as const;
const columns = Object.keys(values);
const types = Object.fromEntries(columns.map((column) => [column, columnType(column, values[column as keyof typeof values])]));
const trial = (i: number): TrialRecord => ({ 'cell': `c${i}`, 'sampler.eta': i % 2 === 0 ? null : 0.5, 'gradientClip': i % 2 === 0 ? false : 1, 'clampX0': i % 3 === 0, 'train_seed': i, 'fid': i === 3 ? NaN : i + 1 / 3, 'diverged': i === 3 });
const pageOf = (from: number, to: number): TrialsPage => ({ columns, types, trials: Array.from({ length: to - from }, (_, i) => trial(from + i)), nextCursor: null });

async function written(pages: readonly TrialsPage[]): Promise<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  async function* all(): AsyncGenerator<TrialsPage> {
    for (const page of pages) yield await Promise.resolve(page);
  }
  for await (const part of trialsParquet(all())) parts.push(part);
  return Uint8Array.from(Buffer.concat(parts)).buffer;
}

test('another library reads the same trials, whatever the pages, a row group for each', async () => {
  const file = await written([pageOf(0, 4), pageOf(4, 5), pageOf(5, 12)]);
  const read = await parquetReadObjects({ file });
  expect(read).toEqual(Array.from({ length: 12 }, (_, i) => ({ ...trial(i), gradientClip: String(trial(i)['gradientClip']) })));
  expect(parquetMetadata(file).row_groups.map(({ num_rows: rows }) => Number(rows))).toEqual([4, 1, 7]);
});

test('a sweep without trials is a file with columns and no rows', async () => {
  const file = await written([pageOf(0, 0)]);
  expect(await parquetReadObjects({ file })).toEqual([]);
  expect(parquetMetadata(file).schema.slice(1).map(({ name }) => name)).toEqual(columns);
});

import { currentRecords, editionRecords, recordsHash, type FigureRecord } from './papers.js';

const { tables, figures } = currentRecords();

/** [row][column], repeats averaged; NaN where the paper has none. */
function valuesOf(table: string): number[][] {
  const own = figures.filter(({ table_id }) => table_id === table);
  const size = (place: 'row_place' | 'column_place') => Math.max(...own.map((figure) => figure[place])) + 1;
  const at = (row: number, column: number) => own.filter(({ row_place, column_place }) => row_place === row && column_place === column).map(({ value }) => value);
  return Array.from({ length: size('row_place') }, (_, row) => Array.from({ length: size('column_place') }, (__, column) => { const found = at(row, column); return found.reduce((sum, value) => sum + value, 0) / found.length; }));
}

const chen = { three: valuesOf('chen2023-table3'), four: valuesOf('chen2023-table4'), five: valuesOf('chen2023-table5') };

test('what migrations have loaded is as it was', () => {
  expect(recordsHash(editionRecords(1))).toBe('655ed21bbb90069c3eb77af32a8aff103e978501152cf2bf727beae0575a7b5e');
});

describe("Chen's tables agree with each other", () => {
  test('input scale 1 in Table 4 is Table 3', () => {
    const [linear, cosine] = [chen.three[0]!, chen.three[2]!];
    expect(chen.four.at(-1)).toEqual([0, 1, 2].flatMap((column) => [cosine[column], linear[column]]));
  });

  test("Table 5's own results are entries of Table 4 and Table 3: 64 pixels at b = 1, 128 at 0.6, 256 at 0.4", () => {
    expect([chen.five[4]![0], chen.five[10]![0], chen.five[15]![0]]).toEqual([chen.three[0]![0], chen.four[3]![3], chen.four[1]![5]]);
  });

  test.each(['chen2023-table3', 'chen2023-table4'])('in %s the rule for bold marks exactly what the paper prints bold', (id) => {
    const { bold_within } = tables.find((table) => table.id === id)!;
    const values = valuesOf(id);
    for (const { value, bold, column_place } of figures.filter(({ table_id }) => table_id === id)) {
      const best = Math.min(...values.map((row) => row[column_place]!));
      expect(bold).toBe(value <= best * (1 + bold_within!));
    }
  });
});

describe('the figures of EDM agree with each other', () => {
  test.each(['VP', 'VE', 'iDDPM'])('of %s the factor is that of the two numbers of evaluations', (name) => {
    const [, original, , better, factor] = valuesOf('edm2022-nfe')[['VP', 'VE', 'iDDPM'].indexOf(name)]!;
    expect(Math.abs(original! / better! / factor! - 1)).toBeLessThan(0.02);
  });

  test("Heun's steps in the configurations take the published number of evaluations, 2N - 1", () => {
    const steps = (figure: FigureRecord) => Number(figure.config?.['steps']);
    const heun = figures.filter(({ table_id, column_name }) => table_id === 'edm2022-nfe' && column_name === "EDM's deterministic sampler, NFE");
    expect(heun.map((figure) => 2 * steps(figure) - 1)).toEqual(heun.map(({ value }) => value));
    const euler = figures.filter(({ table_id, column_name }) => table_id === 'edm2022-nfe' && column_name === 'original sampler, NFE');
    expect(euler.map(steps)).toEqual(euler.map(({ value }) => value));
  });

  test('in Table 2 the last configuration is better than the baseline in every column', () => {
    const values = valuesOf('edm2022-table2');
    expect(values[5]!.every((value, column) => value < values[0]![column]!)).toBe(true);
  });
});

test("the lesson's order of samplers reverses with the corrected evaluator: Heun in 50 steps from the best to the worst of those shown in both", () => {
  const values = valuesOf('lesson-karras').slice(0, 7).filter((row) => row.every((value) => !Number.isNaN(value)));
  const order = (column: number) => values.map((row) => row[column]!);
  expect(Math.min(...order(0))).toBe(0.9726);
  expect(Math.max(...order(2))).toBe(6.2218);
});

test('every figure has a value, a source, a protocol, and a place of its own', () => {
  for (const { value } of figures) expect(Number.isFinite(value)).toBe(true);
  expect(new Set(figures.map(({ table_id, row_place, column_place, repeat }) => [table_id, row_place, column_place, repeat].join())).size).toBe(figures.length);
  expect(new Set(figures.map(({ table_id }) => table_id))).toEqual(new Set(tables.map(({ id }) => id)));
  // the parameters that tell entries apart are axes of the table
  for (const { table_id, config } of figures) for (const key of Object.keys(config ?? {})) expect([...tables.find(({ id }) => id === table_id)!.axes, 'parameterisation', 'sigmaData', 'dataRange']).toContain(key);
});

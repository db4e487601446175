import { maxChunkText, planChunks, type PlanRows, type PlanTable } from './plan-chunks.js';

/** Rows whose texts have very different lengths, the longest near `longest`. */
const planOf = (cells: number, longest: number): PlanRows => ({
  cells: Array.from({ length: cells }, (_, position) => ({ id: `c${position}`, position, config: { note: '"é'.repeat(Math.floor((longest / 4) * ((position * 7919) % cells) / cells)) } })),
  stages: Array.from({ length: 3 * cells }, (_, index) => ({ id: `s${index}`, kind: 'train', codeVersion: 1, params: { index }, inputs: {}, work: 1 })),
  trials: Array.from({ length: 2 * cells }, (_, index) => ({ cellId: `c${index}`, trainSeed: 1, sampleSeed: index, stages: { train: `s${index}` } })),
}) as unknown as PlanRows;

const parsed = (plan: PlanRows) => [...planChunks(plan)].map(({ table, rows }) => ({ table, length: rows.length, rows: JSON.parse(rows) as unknown[] }));

describe.each([['short rows', 3000, 8], ['rows of all lengths', 400, 20_000], ['rows nearly as long as a chunk', 20, maxChunkText - 1000]])('%s', (_, cells, longest) => {
  const plan = planOf(cells, longest);
  const chunks = parsed(plan);

  test('no chunk is longer than the limit, and none could have taken the row after it', () => {
    for (const [index, { table, length, rows }] of chunks.entries()) {
      expect(rows.length).toBeGreaterThan(0);
      expect(length).toBeLessThanOrEqual(maxChunkText);
      const next = chunks.slice(index + 1).find((other) => other.table === table);
      if (next) expect(length + 1 + JSON.stringify(next.rows[0]).length).toBeGreaterThan(maxChunkText);
    }
  });

  test('together they are the rows of the plan in their order, table by table', () => {
    const rowsOf = (wanted: PlanTable) => chunks.filter(({ table }) => table === wanted).flatMap(({ rows }) => rows);
    expect(rowsOf('cells')).toEqual(plan.cells);
    expect(rowsOf('stages')).toEqual(plan.stages.map((stage, position) => ({ ...stage, position })));
    expect(rowsOf('trials')).toEqual(plan.trials);
    for (const chunk of planChunks(plan)) {
      if (chunk.table === 'stages') expect(JSON.parse(chunk.rows)).toMatchObject(chunk.ids.map((id, index) => ({ id, position: chunk.position + index })));
    }
    expect([...new Set(chunks.map(({ table }) => table))]).toEqual(['cells', 'stages', 'trials']);
  });
});

test('a row longer than a chunk stands alone; an empty plan has no chunks', () => {
  const long = { id: 'long', position: 1, config: { note: 'x'.repeat(maxChunkText) } };
  const [short, last] = [{ id: 'a', position: 0, config: {} }, { id: 'b', position: 2, config: {} }];
  const chunks = parsed({ cells: [short, long, last], stages: [], trials: [] } as unknown as PlanRows);
  expect(chunks.map(({ rows }) => rows)).toEqual([[short], [long], [last]]);
  expect(parsed({ cells: [], stages: [], trials: [] })).toEqual([]);
});

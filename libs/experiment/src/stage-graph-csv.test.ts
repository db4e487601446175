import { csvRecords } from './csv.js';
import { stageGraphCsv } from './stage-graph-csv.js';
import type { StageGraph } from './stage-graph.js';
import { stageStates } from './stages.js';

const graph: StageGraph = {
  sweepId: 's', sweepName: 'graph', trials: 3, guided: 0,
  kinds: [{ kind: 'train', states: { done: 1 }, reused: 1, reads: [] }, { kind: 'embed', states: { waiting: 1, running: 2 }, reused: 0, reads: ['extractor', 'sample'] }],
  stages: [
    { id: 'a', kind: 'train', state: 'done', reused: true, trials: 3, inputs: [] },
    { id: 'b', kind: 'embed', state: 'waiting', reused: false, trials: 1, inputs: ['a', 'c'] },
  ],
};

test('a graph is a record for each stage, with what it reads', () => {
  expect(csvRecords(stageGraphCsv(graph))).toEqual([['stage', 'kind', 'state', 'reused', 'trials', 'reads'], ['a', 'train', 'done', 'true', '3', ''], ['b', 'embed', 'waiting', 'false', '1', 'a c']]);
});

test('a graph of more stages than are drawn is a record for each kind', () => {
  const [header, ...records] = csvRecords(stageGraphCsv({ ...graph, stages: null }));
  expect(header).toEqual(['kind', ...stageStates, 'reused', 'reads']);
  expect(records.map((record) => Object.fromEntries(record.map((field, i) => [header![i], field])))).toMatchObject([{ kind: 'train', done: '1', waiting: '0', reused: '1', reads: '' }, { kind: 'embed', running: '2', reads: 'extractor sample' }]);
});

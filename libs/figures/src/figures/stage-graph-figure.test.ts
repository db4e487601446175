import type { GraphedStage, StageGraph } from '@elucidate/experiment/stage-graph';
import type { GraphPanel } from '../figure.js';
import { lineChart } from '../line-chart.js';
import { stageGraphFigure } from './stage-graph-figure.js';

const kinds: StageGraph['kinds'] = [
  { kind: 'extractor', states: { done: 1 }, reused: 1, reads: [] }, { kind: 'reference', states: { done: 1 }, reused: 1, reads: ['extractor'] }, { kind: 'train', states: { done: 1, running: 1 }, reused: 0, reads: [] },
  { kind: 'sample', states: { done: 1, waiting: 3 }, reused: 0, reads: ['train'] }, { kind: 'embed', states: { failed: 1, waiting: 3 }, reused: 0, reads: ['sample', 'extractor'] }, { kind: 'score', states: { waiting: 4 }, reused: 0, reads: ['embed', 'reference', 'sample'] },
];
const stage = (id: string, kind: GraphedStage['kind'], inputs: string[], more: Partial<GraphedStage> = {}): GraphedStage => ({ id, kind, state: 'waiting', reused: false, trials: 1, inputs, ...more });
const graph: StageGraph = { sweepId: 's', sweepName: '<all>', trials: 4, guided: 0, kinds, stages: null };
const panelOf = (of: StageGraph): GraphPanel => stageGraphFigure(of).panels[0] as GraphPanel;

test('of many stages each kind is a box right of all that it reads, filled as far as it is done, with what is shared', () => {
  const { nodes, edges } = panelOf(graph);
  expect(nodes.map(({ label, note, tone, share, reused }) => [label, note, tone, share, reused])).toEqual([
    ['extractor: 1 of 1', 'each for 4 trials, 1 done before', 'done', 1, true], ['reference: 1 of 1', 'each for 4 trials, 1 done before', 'done', 1, true], ['train: 1 of 2', 'each for 2 trials', 'running', 0.5, false],
    ['sample: 1 of 4', '', 'waiting', 0.25, false], ['embed: 0 of 4', '', 'failed', 0, false], ['score: 0 of 4', '', 'waiting', 0, false],
  ]);
  expect(edges.every(([from, to]) => nodes[from]!.column < nodes[to]!.column)).toBe(true);
  expect(edges).toHaveLength(7);
  expect(stageGraphFigure(graph).subtitle).toContain('16 stages for 4 trials, which without sharing would be at least 16; 2 were done before');
});

test('of a kind that only some trials have, it is not known how many each stage is for, and it counts only as often as it is there', () => {
  const some = { ...graph, trials: 10, kinds: [...kinds, { kind: 'levels', states: { waiting: 2 }, reused: 0, reads: ['train'] } as const] };
  expect(panelOf(some).nodes.find(({ label }) => label === 'levels: 0 of 2')?.note).toBe('');
  // train, sample, embed and score of each
  expect(stageGraphFigure(some).subtitle).toContain('18 stages for 10 trials, which without sharing would be at least 40;');
});

test('few stages are boxes of their own, joined to what they read', () => {
  const { nodes, edges } = panelOf({ ...graph, stages: [stage('s1', 'sample', ['t1']), stage('t1', 'train', [], { state: 'done', trials: 2, reused: true }), stage('s2', 'sample', ['t1'], { state: 'running' })] });
  expect(nodes.map(({ title, column, row, of }) => [title, column, row, of])).toEqual([['train t1: done, for 2 trials, done before', 0, 0, 1], ['sample s1: waiting, for 1 trial', 1, 0, 2], ['sample s2: running, for 1 trial', 1, 1, 2]]);
  expect(edges).toEqual([[0, 1], [0, 2]]);
});

test('of few stages a trial that is guided by a second network counts both training runs', () => {
  const stages = [stage('t1', 'train', [], { trials: 3 }), stage('guide', 'train', [], { trials: 2 }), ...['s1', 's2', 's3'].map((id) => stage(id, 'sample', ['t1', 'guide']))];
  const own = { ...graph, trials: 3, kinds: [{ kind: 'train', states: { waiting: 2 }, reused: 0, reads: [] }, { kind: 'sample', states: { waiting: 3 }, reused: 0, reads: ['train'] }] as const, stages };
  // three trials with a training of their own and two guides, each sampled
  expect(stageGraphFigure(own).subtitle).toContain('5 stages for 3 trials, which without sharing would be at least 8;');
});

test('of many stages, too, the training runs of guides count', () => {
  const guided = { ...graph, trials: 10, guided: 6 };
  // a training run, samples, features and a score of each of ten, and six guides
  expect(stageGraphFigure(guided).subtitle).toContain('for 10 trials, which without sharing would be at least 46;');
  expect(panelOf(guided).nodes.find(({ label }) => label === 'train: 1 of 2')?.note).toBe('each for 8 trials');
});

test('it is drawn with its legend, and a name is text', () => {
  const svg = lineChart(stageGraphFigure(graph));
  expect([svg.includes('<all>'), ...['to come', 'done before', 'failed', 'running'].map((word) => svg.includes(`>${word}</text>`))]).toEqual([false, true, true, true, true]);
});

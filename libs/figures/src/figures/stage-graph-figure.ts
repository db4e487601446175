import { plural } from '@elucidate/experiment/plural';
import type { GraphedStage, StageGraph } from '@elucidate/experiment/stage-graph';
import type { StageKind } from '@elucidate/experiment/stages';
import type { Figure, GraphNode, GraphPanel } from '../figure.js';

type Kind = StageGraph['kinds'][number];

/** How many readings a kind is away from what reads nothing. */
function depthOf(kind: StageKind, kinds: readonly Kind[]): number {
  const reads = kinds.find((one) => one.kind === kind)?.reads ?? [];
  return reads.length === 0 ? 0 : 1 + Math.max(...reads.map((input) => depthOf(input, kinds)));
}

const countOf = ({ states }: Kind): number => Object.values(states).reduce((sum, stages) => sum + stages, 0);

const toneOf = (states: Kind['states']): GraphNode['tone'] => {
  if ((states.failed ?? 0) + (states.quarantined ?? 0) > 0) return 'failed';
  if ((states.running ?? 0) > 0) return 'running';
  return (states.waiting ?? 0) + (states.ready ?? 0) > 0 ? 'waiting' : 'done';
};

/** Which trials a kind is for: one stage for many of them in any case, one of each trial's own unless it is shared, or only some trials have it, such as those whose levels are optimised or that sample another average. */
const neededBy: Readonly<Record<StageKind, 'all' | 'each' | 'some'>> = { 'extractor': 'all', 'reference': 'all', 'train': 'each', 'average': 'some', 'noise-level': 'some', 'levels': 'some', 'sample': 'each', 'embed': 'each', 'score': 'each' };

/** Trials for each stage, as a whole number or to one decimal. */
const each = (trials: number, stages: number): string => String(Number((trials / stages).toFixed(1)));

type Unplaced = Omit<GraphNode, 'column' | 'row' | 'of'> & { kind: StageKind; key: string };

/** How often stages of a kind that every trial has are needed: a trial that is guided by a second network has two training runs. */
const needsOf = (kind: StageKind, { trials, guided }: Pick<StageGraph, 'trials' | 'guided'>): number => trials + (kind === 'train' ? guided : 0);

function kindNode(kind: Kind, graph: StageGraph): Unplaced {
  const stages = countOf(kind);
  const needs = needsOf(kind.kind, graph);
  const note = needs > stages && neededBy[kind.kind] !== 'some' ? `each for ${each(needs, stages)} trials` : '';
  const reused = kind.reused > 0 ? `${kind.reused} done before` : '';
  const text = [note, reused].filter((part) => part !== '').join(', ');
  return { kind: kind.kind, key: kind.kind, label: `${kind.kind}: ${kind.states.done ?? 0} of ${stages}`, note: text, tone: toneOf(kind.states), share: stages === 0 ? 0 : (kind.states.done ?? 0) / stages, reused: kind.reused === stages, title: `${kind.kind}: ${kind.states.done ?? 0} of ${plural(stages, 'stage')} done${text === '' ? '' : `; ${text}`}` };
}

const stageNode = ({ id, kind, state, reused, trials }: GraphedStage): Unplaced => ({
  kind, key: id, label: `${kind} ${id.slice(0, 8)}`, note: trials > 1 ? `${trials} trials` : '', tone: toneOf({ [state]: 1 }), share: state === 'done' ? 1 : 0, reused,
  title: `${kind} ${id.slice(0, 8)}: ${state}, for ${plural(trials, 'trial')}${reused ? ', done before' : ''}`,
});

/** What reads what in a sweep: each stage where they are few, else each kind; what trials share and what was done before. */
export function stageGraphFigure(graph: StageGraph): Figure {
  const { kinds, stages, trials, sweepName } = graph;
  const order = kinds.map(({ kind }) => kind);
  const unplaced = stages === null ? kinds.map((kind) => kindNode(kind, graph)) : [...stages].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)).map(stageNode);
  const columnOf = (kind: StageKind): number => depthOf(kind, kinds);
  const columns = 1 + Math.max(0, ...order.map(columnOf));
  const inColumn = Array.from({ length: columns }, () => 0);
  const nodes = unplaced.map((node) => {
    const column = columnOf(node.kind);
    return { ...node, column, row: inColumn[column]!++ };
  });
  const at = new Map(nodes.map(({ key }, i) => [key, i]));
  const pairs = stages === null ? kinds.flatMap(({ kind, reads }) => reads.map((input) => [input as string, kind as string] as const)) : stages.flatMap(({ id, inputs }) => inputs.map((input) => [input, id] as const));
  const total = kinds.reduce((sum, kind) => sum + countOf(kind), 0);
  // one by one it is known how many trials each is for
  const alone = stages === null ? kinds.reduce((sum, { kind }) => sum + (neededBy[kind] === 'each' ? needsOf(kind, graph) : 0), 0) : stages.reduce((sum, stage) => sum + (neededBy[stage.kind] === 'all' ? 0 : stage.trials), 0);
  const reused = kinds.reduce((sum, kind) => sum + kind.reused, 0);
  const panel: GraphPanel = {
    kind: 'graph', columns, nodes: nodes.map((node) => ({ ...node, of: stages === null ? Math.max(...inColumn) : inColumn[node.column]! })),
    edges: pairs.flatMap(([from, to]) => (at.has(from) && at.has(to) ? [[at.get(from)!, at.get(to)!] as const] : [])),
  };
  return {
    title: `Stages · ${sweepName}`,
    subtitle: `${plural(total, 'stage')} for ${plural(trials, 'trial')}, which without sharing would be at least ${Math.max(total, alone)}; ${reused === 0 ? 'none was' : `${reused} ${reused === 1 ? 'was' : 'were'}`} done before. What a stage reads is at its left.`,
    panels: [panel], columns: 1, legend: 'none',
    notes: stages === null ? ['Of many stages, those of a kind are one box, filled as far as they are done.'] : [],
  };
}

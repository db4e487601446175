import { isOver, progress, violated } from './properties.js';
import { forget, keyOf, newScene, type Scene, type Setting } from './scene.js';
import { stepsFrom } from './steps.js';

export interface Explored {
  states: number;
  transitions: number;
  /** Steps of the longest of the shortest ways to a state. */
  depth: number;
  /** The shortest history that violates a property. */
  counterexample: { property: string; steps: string[] } | null;
}

/** Visits every state that can be reached, nearest first, and checks each step and, at the end, progress. */
export function explore(setting: Setting, onLevel?: (states: number, depth: number) => void): Explored {
  const start = newScene(setting);
  const index = new Map([[keyOf(start), 0]]);
  const [parents, labels] = [[-1], ['']];
  /** Steps without a fault, as pairs of states: what happens if nothing more goes wrong. */
  const [from, to]: [number[], number[]] = [[], []];
  const over: number[] = [];
  let frontier: { at: number; scene: Scene }[] = [{ at: 0, scene: start }];
  let [transitions, depth] = [0, 0];
  const historyTo = (at: number): string[] => (at <= 0 ? [] : [...historyTo(parents[at] ?? -1), labels[at] ?? '']);
  const found = (property: string, steps: string[]): Explored => ({ states: index.size, transitions, depth, counterexample: { property, steps } });

  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { at, scene } of frontier) {
      if (isOver(scene)) over.push(at);
      for (const step of stepsFrom(scene, setting)) {
        transitions += 1;
        const property = violated({ before: scene, step, setting });
        if (property !== null) return found(property, [...historyTo(at), step.label]);
        forget(step.next);
        const key = keyOf(step.next);
        let target = index.get(key);
        if (target === undefined) {
          target = index.size;
          index.set(key, target);
          parents.push(at);
          labels.push(step.label);
          next.push({ at: target, scene: step.next });
        }
        if (step.cost === 0 && step.what !== 'resume' && target !== at) {
          from.push(at);
          to.push(target);
        }
      }
    }
    if (next.length > 0) depth += 1;
    onLevel?.(index.size, depth);
    frontier = next;
  }
  const stuck = firstUnable(index.size, { from, to, goals: over });
  if (stuck === null) return { states: index.size, transitions, depth, counterexample: null };
  return found(progress, historyTo(stuck));
}

interface Graph {
  from: readonly number[];
  to: readonly number[];
  goals: readonly number[];
}

/** The first node from which no goal can be reached, null if there is none. */
function firstUnable(nodes: number, { from, to, goals }: Graph): number | null {
  const starts = new Uint32Array(nodes + 1);
  for (const node of to) starts[node + 1] = (starts[node + 1] ?? 0) + 1;
  for (let node = 0; node < nodes; node++) starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0);
  const fill = starts.slice();
  const sources = new Uint32Array(to.length);
  for (const [edge, node] of to.entries()) {
    const slot = fill[node] ?? 0;
    sources[slot] = from[edge] ?? 0;
    fill[node] = slot + 1;
  }
  const able = new Uint8Array(nodes);
  const open = [...goals];
  for (const goal of goals) able[goal] = 1;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (let slot = starts[node] ?? 0; slot < (starts[node + 1] ?? 0); slot++) {
      const source = sources[slot] ?? 0;
      if (able[source] === 1) continue;
      able[source] = 1;
      open.push(source);
    }
  }
  const first = able.indexOf(0);
  return first < 0 ? null : first;
}

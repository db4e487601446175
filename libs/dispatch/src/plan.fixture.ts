import { contentId } from '@elucidate/experiment/canonical';
import { stageKinds, type PlannedStage, type StageKind } from '@elucidate/experiment/stages';
import type { PlanRows } from './plan-chunks.js';
import { plannedSweep, type PlannedSweep } from './submit.js';

/** A stage of a test plan; `inputs` are indices of earlier ones. */
export interface Sketch {
  kind: StageKind;
  inputs: readonly number[];
}

/** A sweep of any shape, one cell and one trial; `salt` makes its stages distinct from other sweeps'. */
export function sketchSweep(sketches: readonly Sketch[], salt = ''): PlannedSweep & { plan: PlanRows } {
  const stages: PlannedStage[] = [];
  for (const [index, { kind, inputs }] of sketches.entries()) {
    const named = Object.fromEntries([...new Set(inputs)].map((input) => [`input${input}`, stages[input]?.id ?? '']));
    const name = { kind, codeVersion: 1, params: { index, salt }, inputs: named };
    stages.push({ id: contentId(name), work: 1, ...name } as unknown as PlannedStage);
  }
  const last = stages.at(-1)?.id ?? '';
  const cell = { id: contentId(salt), position: 0, config: {} };
  const trial = { cellId: cell.id, trainSeed: 1, sampleSeed: 1, stages: { score: last } };
  const plan = { cells: [cell], trials: [trial], stages } as unknown as PlanRows;
  return { ...plannedSweep({ name: `sketch${salt}` }, plan), plan };
}

/** train -> sample -> embed -> score, `width` times, all sharing one extractor. */
export const fanSketch = (width: number): Sketch[] => [
  { kind: 'extractor', inputs: [] },
  { kind: 'reference', inputs: [0] },
  ...Array.from({ length: width }, (_, i): Sketch[] => {
    const train = 2 + 4 * i;
    return [{ kind: 'train', inputs: [] }, { kind: 'sample', inputs: [train] }, { kind: 'embed', inputs: [train + 1, 0] }, { kind: 'score', inputs: [train + 2, 1] }];
  }).flat(),
];

export const allKinds: readonly StageKind[] = stageKinds;

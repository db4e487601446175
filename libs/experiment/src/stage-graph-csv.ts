import type { StageGraph } from './stage-graph.js';
import { stageStates } from './stages.js';
import { csvRecord } from './table-text.js';

/** The graph of a sweep's stages as CSV: a record for each stage, with the ids of those that it reads; of one with more than are drawn one by one, a record for each kind. */
export function stageGraphCsv({ kinds, stages }: StageGraph): string {
  const records = stages === null
    ? [['kind', ...stageStates, 'reused', 'reads'], ...kinds.map(({ kind, states, reused, reads }) => [kind, ...stageStates.map((state) => states[state] ?? 0), reused, reads.join(' ')])]
    : [['stage', 'kind', 'state', 'reused', 'trials', 'reads'], ...stages.map(({ id, kind, state, reused, trials, inputs }) => [id, kind, state, String(reused), trials, inputs.join(' ')])];
  return `${records.map(csvRecord).join('\r\n')}\r\n`;
}

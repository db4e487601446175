import type { Schemas } from '../../api/client.js';

type Cell = Pick<Schemas['Cell'], 'trials' | 'stages' | 'scores'>;

export interface TrialRow {
  trainSeed: number;
  sampleSeed: number;
  /** By metric; a value of null is not a number, which is a diverged trial. Absent: not scored yet. */
  scores: Readonly<Record<string, { value: number | null; real: number | null }>>;
  nfe: number | null;
  stages: { role: string; id: string; state: string }[];
}

/** The trials of a configuration with the numbers that their stages have. */
export function trialRows({ trials, stages, scores }: Cell): { metrics: string[]; rows: TrialRow[] } {
  const byId = new Map(stages.map((stage) => [stage.id, stage]));
  const metrics = [...new Set(scores.flatMap((score) => Object.keys(score.metrics)))];
  const rows = trials.map(({ trainSeed, sampleSeed, stages: made }): TrialRow => {
    const own = Object.entries(made as Record<string, string>).flatMap(([role, id]) => (byId.has(id) ? [{ role, stage: byId.get(id)! }] : []));
    const numbers: Record<string, number | null> = Object.assign({}, ...own.map(({ stage }) => stage.metrics));
    const found = metrics.filter((metric) => metric in numbers).map((metric) => [metric, { value: numbers[metric]!, real: numbers[`${metric}_real`] ?? null }] as const);
    return { trainSeed, sampleSeed, scores: Object.fromEntries(found), nfe: numbers['nfe'] ?? null, stages: own.map(({ role, stage }) => ({ role, id: stage.id, state: stage.state })) };
  });
  return { metrics, rows };
}

import { tablesOf } from '@elucidate/experiment/ablations';
import { renderAblation } from '@elucidate/experiment/render-ablation';
import { printable } from '@elucidate/experiment/printable';
import { renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { exitCodes } from '@elucidate/shell/exit';

export interface Results {
  sweep: SweepDetail;
  leaderboard: readonly LeaderboardGroup[];
  tables: readonly AblationTable[];
}

/** False for a table with a single number: a sweep of chosen cells, such as a ladder, has many. */
const compares = ({ cells }: AblationTable): boolean => cells.flat().filter((entry) => entry !== null).length > 1;

/** A sweep's leaderboard and the ablation tables of the parameters it varies. */
export async function resultsOf(answers: Answers, id: string): Promise<Results> {
  const [sweep, leaderboard] = await Promise.all([answers.sweep(id), answers.leaderboard(id)]);
  const names = tablesOf(varyingKeys(leaderboard.flatMap(({ rows }) => rows.map(({ config }) => config))));
  const tables = await Promise.all(names.map((name) => answers.table(id, { name, fixed: {} })));
  return { sweep, leaderboard, tables: tables.filter(compares) };
}

/** Why stages failed, one line each; empty for a clean sweep. */
export const failureLines = ({ failures }: SweepDetail): string[] =>
  failures.map(({ kind, stageId, state, error }) => `${kind} ${stageId.slice(0, 8)} ${state}: ${error?.message ?? 'no message'}`);

/** What a sweep waits for, if it is not for a free slot: one line each. */
export const waitLines = ({ waits }: SweepDetail): string[] => waits.map(({ kind, stages, reason }) => `waits: ${stages} ${kind} ${stages === 1 ? 'stage' : 'stages'}: ${reason}`);

/** The results as Markdown, which is also what a terminal shows. */
export function renderResults({ sweep, leaderboard, tables }: Results): string {
  const failures = failureLines(sweep);
  return [
    `Leaderboard of ${printable(sweep.name)} (sweep ${sweep.id}, ${sweep.state})\n\n${renderLeaderboard({ groups: [...leaderboard] }, 'markdown')}`,
    ...tables.map((table) => renderAblation(table, 'markdown')),
    ...(failures.length > 0 ? [`Failed stages:\n${failures.map((line) => `  ${printable(line)}`).join('\n')}\n`] : []),
  ].join('\n');
}

export const exitCodeOfSweep = ({ state }: SweepDetail): number => (state === 'done' || state === 'running' ? exitCodes.done : exitCodes.failed);

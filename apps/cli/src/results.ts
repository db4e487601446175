import { shortId } from '@elucidate/experiment/estimate-text';
import { failureLines, type FailureGroup } from '@elucidate/experiment/failure-groups';
import { renderAblation } from '@elucidate/experiment/render-ablation';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';
import { renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import type { SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { exitCodes } from '@elucidate/shell/exit';

export interface Results {
  sweep: SweepDetail;
  leaderboard: readonly LeaderboardGroup[];
  tables: readonly AblationTable[];
  /** What failed, by cause. */
  failures: readonly FailureGroup[];
}

/** False for a table with a single number: a sweep of chosen cells, such as a ladder, has many. */
const compares = ({ cells }: AblationTable): boolean => cells.flat().filter((entry) => entry !== null).length > 1;

/** The ablation tables of the parameters that a sweep varies, and its leaderboard. */
export async function resultsOf(answers: Answers, id: string): Promise<Results> {
  const [sweep, leaderboard, names] = await Promise.all([answers.sweep(id), answers.leaderboard(id), answers.tables(id)]);
  const tables = await Promise.all(names.map((name) => answers.table(id, { name, fixed: {} })));
  const failures = hasFailed(sweep.stages) ? (await answers.failures(id)).groups : [];
  return { sweep, leaderboard, tables: tables.filter(compares), failures };
}

/** Why stages failed, one line for each cause; empty, without asking, for a sweep in which none has. */
export async function failureLinesOf(answers: Answers, { id, stages }: Pick<SweepDetail, 'id' | 'stages'>): Promise<string[]> {
  return hasFailed(stages) ? failureLines(await answers.failures(id)) : [];
}

const hasFailed = ({ failed = 0, quarantined = 0 }: SweepDetail['stages']): boolean => failed + quarantined > 0;

/** A sweep's state in one word: a running one may be paused or stopping. */
export const stateWord = ({ state, paused, stopping }: SweepSummary): string => (paused ? 'paused' : stopping ? 'stopping' : state);

/** A sweep's priority, weight and limit, as far as they are not the usual ones: "priority 10, at most 4 stages at once". */
export const precedenceText = ({ priority, weight, concurrency }: SweepSummary): string =>
  [priority === 0 ? '' : `priority ${priority}`, weight === 1 ? '' : `weight ${weight}`, concurrency === null ? '' : `at most ${plural(concurrency, 'stage')} at once`].filter((part) => part !== '').join(', ');

/** That nothing new of a sweep starts, and why; empty for one that goes on. */
export const heldLines = ({ id, paused, stopping }: SweepSummary): string[] =>
  paused ? [`paused${stopping ? ' while it was being stopped' : ''}: running stages end, no more are claimed; \`elucidate resume ${id}\` lets ${stopping ? 'its running cells end' : 'it go on'}`] : stopping ? ['stopping: running cells end, the rest is cancelled then'] : [];

/** What a sweep waits for, if it is not for a free slot: one line each. */
export const waitLines = ({ waits }: SweepDetail): string[] => waits.map(({ kind, stages, reason }) => `waits: ${plural(stages, `${kind} stage`)}: ${reason}`);

/** Rows of a leaderboard that a terminal shows; the command prints them all. */
const shownRows = 24;

/** The first rows, group by group. */
function firstRows(groups: readonly LeaderboardGroup[]): LeaderboardGroup[] {
  let room = shownRows;
  return groups.map((group) => {
    const rows = group.rows.slice(0, room);
    room -= rows.length;
    return { ...group, rows };
  }).filter(({ rows }) => rows.length > 0);
}

/** How to see more of the best configuration. */
function bestLine(id: string, groups: readonly LeaderboardGroup[]): string[] {
  const best = groups[0]?.rows.find(({ rank }) => rank === 1);
  return best === undefined ? [] : [`\`elucidate show ${shortId(best.cellId)} --sweep ${id}\` has the seeds, stages, weights and samples of the best, \`elucidate show --rank 2 --sweep ${id}\` those of the next.\n`];
}

/** The results as Markdown, which is also what a terminal shows: what varies first, then the configurations one by one. */
export function renderResults({ sweep, leaderboard, tables, failures }: Results): string {
  const all = leaderboard.reduce((sum, { rows }) => sum + rows.length, 0);
  return [
    `${printable(sweep.name)} (sweep ${sweep.id}, ${sweep.state})\n`,
    ...tables.map((table) => renderAblation(table, 'markdown')),
    `Leaderboard\n\n${renderLeaderboard({ groups: firstRows(leaderboard) }, 'markdown')}`,
    ...bestLine(sweep.id, leaderboard),
    ...(all > shownRows ? [`The first ${shownRows} of ${all} configurations; \`elucidate leaderboard ${sweep.id}\` prints them all.\n`] : []),
    ...(failures.length > 0 ? [`Failures, by cause (\`elucidate failures ${sweep.id}\` says more):\n${failureLines({ groups: failures, cut: false }).map((line) => `  ${line}`).join('\n')}\n`] : []),
  ].join('\n');
}

export const exitCodeOfSweep = ({ state }: SweepDetail): number => (state === 'done' || state === 'running' ? exitCodes.done : exitCodes.failed);

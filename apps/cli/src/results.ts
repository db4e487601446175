import { shortId } from '@elucidate/experiment/estimate-text';
import { everyTable } from '@elucidate/experiment/every-table';
import { failureLines, type FailureGroup } from '@elucidate/experiment/failure-groups';
import type { Ladder } from '@elucidate/experiment/ladder';
import { renderAblation } from '@elucidate/experiment/render-ablation';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';
import { renderLadder } from '@elucidate/experiment/render-ladder';
import { renderLeaderboard } from '@elucidate/experiment/render-leaderboard';
import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import { ignoreUndrawable } from '@elucidate/report/undrawable';
import type { SweepBudget, SweepDetail, SweepSummary } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { firstRows } from './leaderboard-pages.js';
import { hoursText } from './render-ledger.js';
import { exitCodes } from '@elucidate/shell/exit';

export interface Results {
  sweep: SweepDetail;
  leaderboard: readonly LeaderboardGroup[];
  tables: readonly AblationTable[];
  /** Configurations one change at a time; null of a sweep that does not list them, or without scores. */
  ladder: Ladder | null;
  /** What failed, by cause. */
  failures: readonly FailureGroup[];
}

/** False for a table with a single number: a sweep of chosen cells, such as a ladder, has many. */
const compares = ({ cells }: AblationTable): boolean => cells.flat().filter((entry) => entry !== null).length > 1;

/** The ablation tables of the parameters that a sweep varies, the ladder of one that lists its configurations, its leaderboard and failures. */
export async function resultsOf(answers: Answers, id: string): Promise<Results> {
  const [sweep, leaderboard, names] = await Promise.all([answers.sweep(id), answers.leaderboard(id), answers.tables(id)]);
  const tables = (await Promise.all(names.map((name) => everyTable((scores) => answers.table(id, { name, fixed: {}, scores }))))).flat();
  const ladder = (await answers.ladder(id, {}).catch(ignoreUndrawable)) ?? null;
  const failures = hasFailed(sweep.stages) ? (await answers.failures(id)).groups : [];
  return { sweep, leaderboard, tables: tables.filter(compares), ladder, failures };
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

/** "2 device-hours", "12 hours on the clock". */
const budgetText = ({ deviceHours, wallHours }: SweepBudget): string =>
  [...(deviceHours === null ? [] : [`${deviceHours} device-${deviceHours === 1 ? 'hour' : 'hours'}`]), ...(wallHours === null ? [] : [`${plural(wallHours, 'hour')} on the clock`])].join(' or ');

/** That nothing new of a sweep starts, and why; empty for one that goes on. */
export const heldLines = ({ id, paused, stopping, budget, stages }: SweepSummary): string[] =>
  paused && budget?.usedUp === true ? [`its budget of ${budgetText(budget)} is used up, ${hoursText(3600 * budget.spentHours)} device-hours are spent: running stages end, no more start, ${plural((stages.ready ?? 0) + (stages.waiting ?? 0), 'stage')} ${(stages.ready ?? 0) + (stages.waiting ?? 0) === 1 ? 'is' : 'are'} left; \`elucidate extend ${id} --device-hours N\`, or \`apply\` of its file with a larger budget, lets it go on`] : paused ? [`paused${stopping ? ' while it was being stopped' : ''}: running stages end, no more are claimed; \`elucidate resume ${id}\` lets ${stopping ? 'its running cells end' : 'it go on'}`] : stopping ? ['stopping: running cells end, the rest is cancelled then'] : [];

/** What a sweep waits for, if it is not for a free slot: one line each. */
export const waitLines = ({ waits }: SweepDetail): string[] => waits.map(({ kind, stages, reason }) => `waits: ${plural(stages, `${kind} stage`)}: ${reason}`);

/** Rows of a leaderboard that a terminal shows; the command prints them all. */
const shownRows = 24;

/** How to see more of the best configuration. */
function bestLine(id: string, groups: readonly LeaderboardGroup[]): string[] {
  const [best, next] = [1, 2].map((wanted) => groups[0]?.rows.find(({ rank }) => rank === wanted));
  return best === undefined ? [] : [`\`elucidate show ${shortId(best.cellId)} --sweep ${id}\` has the seeds, stages, weights and samples of the best${next === undefined ? '' : `, \`elucidate show --rank 2 --sweep ${id}\` those of the next`}.\n`];
}

/** The results as Markdown, which is also what a terminal shows: what varies first, then the configurations one by one. */
export function renderResults({ sweep, leaderboard, tables, ladder, failures }: Results): string {
  const { groups, all } = firstRows(leaderboard, shownRows);
  return [
    `${printable(sweep.name)} (sweep ${sweep.id}, ${stateWord(sweep)})\n`,
    ...tables.map((table) => renderAblation(table, 'markdown')),
    ...(ladder === null ? [] : [`Step by step\n\n${renderLadder(ladder, 'markdown')}`]),
    `Leaderboard\n\n${renderLeaderboard({ groups }, 'markdown')}`,
    ...bestLine(sweep.id, leaderboard),
    ...(all > shownRows ? [`The first ${shownRows} of ${all} configurations; \`elucidate leaderboard ${sweep.id}\` prints them all.\n`] : []),
    ...heldLines(sweep).map((line) => `${line.charAt(0).toUpperCase()}${line.slice(1)}.\n`),
    ...(failures.length > 0 ? [`Failures, by cause (\`elucidate failures ${sweep.id}\` says more):\n${failureLines({ groups: failures, cut: false }).map((line) => `  ${line}`).join('\n')}\n`] : []),
  ].join('\n');
}

export const exitCodeOfSweep = ({ state }: SweepDetail): number => (state === 'done' || state === 'running' ? exitCodes.done : exitCodes.failed);

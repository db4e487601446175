import { isDivergedText } from './leaderboard.js';
import { requestedMetrics } from './metric-requests.js';
import type { LeaderboardGroup } from './tables.js';

/** A sweep, and what became of those of its configurations that lack scores. */
export interface Unscored {
  sweepId: string;
  state: 'running' | 'done' | 'failed' | 'cancelled';
  configurations: number;
  /** Of which a trial diverged. */
  diverged: number;
  /** Others that lack trials. */
  lacking: number;
}

/**
 * The end of "Sweep 1a has no score": that it is to be waited for or, where the sweep has ended, what became of its configurations and what can be done.
 * Begins with what divides it from the sentence before.
 */
export function unscoredText({ sweepId, state, configurations, diverged, lacking }: Unscored): string {
  if (state === 'running') return ` yet; \`elucidate status ${sweepId}\` says what is left`;
  const lack = (count: number): string => `${count === 1 ? 'lacks' : 'lack'} trials${state === 'cancelled' ? ' that were cancelled' : state === 'failed' ? ' that failed' : ''}`;
  const all = configurations === 1 ? 'its only configuration' : `all ${configurations} configurations`;
  const became = diverged === configurations ? `${all} diverged` : lacking === configurations ? `${all} ${lack(lacking)}`
    : `of its ${configurations} configurations ${[...(diverged === 0 ? [] : [`${diverged} diverged`]), ...(lacking === 0 ? [] : [`${lacking} ${lack(lacking)}`])].join(' and ')}`;
  const remedies = [
    ...(diverged === 0 ? [] : [`\`elucidate failures ${sweepId}\` says where; change or exclude what diverged (a smaller learning rate, another weight or normalisation, another sampler) and run the file again`]),
    ...(lacking === 0 || state === 'done' ? [] : [`\`elucidate retry ${sweepId}\` runs again what ${state === 'cancelled' ? 'was cancelled' : 'failed'}`]),
  ];
  if (remedies.length === 0) remedies.push(`\`elucidate leaderboard ${sweepId}\` shows what it has`);
  return `, and it ${state === 'cancelled' ? 'was cancelled' : 'has ended'}${diverged + lacking === 0 ? '' : `: ${became}`}; ${remedies.join('; ')}`;
}

/** The same of a metric that a sweep does not compute. */
export const notRequestedText = (metric: string, requested: readonly string[]): string =>
  `: it computes ${requested.join(', ')}; add ${metric} to evaluate.metrics and run the file again, networks and images are reused`;

/** The same of a sweep whose leaderboard is known; `metric` by default the first that it computes. */
export function unscoredOn({ id, state, spec }: { id: string; state: Unscored['state']; spec: Readonly<Record<string, unknown>> }, groups: readonly Pick<LeaderboardGroup, 'rows'>[], metric?: string): string {
  const requested = requestedMetrics(spec);
  if (metric !== undefined && !requested.includes(metric)) return notRequestedText(metric, requested);
  const rows = groups.flatMap((group) => group.rows);
  const unranked = rows.filter(({ rank }) => rank === null);
  const diverged = unranked.filter(({ notRanked }) => notRanked !== undefined && isDivergedText(notRanked)).length;
  return unscoredText({ sweepId: id, state, configurations: rows.length, diverged, lacking: unranked.length - diverged });
}

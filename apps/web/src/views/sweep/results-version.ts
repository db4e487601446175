import type { Schemas } from '../../api/client.js';

/** Trials that have been scored. */
export const scoredOf = ({ kinds }: Pick<Schemas['Sweep'], 'kinds'>): number => kinds.find(({ kind }) => kind === 'score')?.states.done ?? 0;

/** What a view says of a sweep of which nothing has been `done`. */
export const nothingText = ({ state }: Pick<Schemas['Sweep'], 'state'>, done: 'scored' | 'sampled'): string => `Nothing has been ${done}${state === 'running' ? ' yet' : ''}.`;

/** How often what is computed from many trials is requested again while a sweep runs, at most. */
const refreshes = 50;

/** Changes with the state of a sweep, and with every fiftieth of its trials that is scored. */
export const resultsVersion = (sweep: Pick<Schemas['Sweep'], 'state' | 'trials' | 'kinds'>): string =>
  `${sweep.state} ${Math.floor(scoredOf(sweep) / Math.ceil(sweep.trials / refreshes))}`;

import type { Planner } from '@elucidate/dispatch/planner';
import type { Queue } from '@elucidate/dispatch/queue';
import type { Store } from '@elucidate/store/store';
import type { Env } from './env.js';
import type { EventFeed } from './events/feed.js';
import type { Computations } from './computing/computations.js';

/** What the server opens before it listens and closes after. */
export interface Services {
  env: Env;
  store: Store;
  queue: Queue;
  feed: EventFeed;
  planner: Planner;
  computations: Computations;
}

/** Injection tokens of the services that have no class. */
export const ENV = Symbol('env');
export const STORE = Symbol('store');
export const QUEUE = Symbol('queue');

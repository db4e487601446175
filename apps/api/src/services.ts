import type { Queue } from '@elucidate/dispatch/queue';
import type { Store } from '@elucidate/store/store';
import type { Env } from './env.js';
import type { EventFeed } from './events/feed.js';

/** Everything a controller may ask. */
export interface Services {
  env: Env;
  store: Store;
  queue: Queue;
  feed: EventFeed;
}

/** The name Nest hands them out by. */
export const SERVICES = Symbol('services');

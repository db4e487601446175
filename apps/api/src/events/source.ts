import { eventsAfter, latestEventId } from '@elucidate/store/queries/events';
import type { Store } from '@elucidate/store/store';
import type { EventSource } from './feed.js';

/** The events table as the feed reads it. */
export const eventSource = (db: Store['db']): EventSource => ({
  read: (options) => eventsAfter(db, options),
  latest: () => latestEventId(db),
});

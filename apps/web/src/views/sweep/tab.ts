import type { Schemas } from '../../api/client.js';

/** What every tab of a sweep gets. */
export interface TabProps {
  sweep: Schemas['Sweep'];
}

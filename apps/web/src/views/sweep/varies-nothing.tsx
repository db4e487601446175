import { lazy } from '../../parts/lazy.js';
import type { Schemas } from '../../api/client.js';
import type { TabProps } from './tab.js';

/** Whether a sweep is of one configuration, so that nothing in it can be drawn against anything, or compared. */
export const variesNothing = ({ cells }: Pick<Schemas['Sweep'], 'cells'>): boolean => cells === 1;

/** What is shown of such a sweep in place of a picture. */
export const OnlyConfiguration = lazy<TabProps>('only configuration', async () => (await import('./only-configuration.js')).OnlyConfiguration);

/** `npm run bench:plan`: how long the largest sweeps take to read and to plan. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/plan.js');

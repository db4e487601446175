/** `npm run bench:plan`: how long the largest sweeps take to read and to plan, and how an API answers while it takes one. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/plan.js');

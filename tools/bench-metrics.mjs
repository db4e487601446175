/** `npm run bench:metrics`: what FID costs, against the same linear algebra without blocks. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/metrics.js');

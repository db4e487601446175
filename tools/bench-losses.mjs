/** `npm run bench:losses`: whether the engines of this machine train alike; `-- --help` tells its options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/losses.js');

/** `npm run bench:engine`: how fast each engine of this machine trains and samples; `-- --help` tells its options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/main.js');

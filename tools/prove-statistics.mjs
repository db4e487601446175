/** `npm run prove:statistics`: whether intervals, tests and groups keep what they promise, by simulation; `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/prove-statistics.js');

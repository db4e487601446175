/** `npm run bench:losses`: whether the engines on this machine reach the same losses; `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/losses.js');

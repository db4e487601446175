/** `npm run bench:engine`: how fast each engine on this machine trains and samples; `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/main.js');

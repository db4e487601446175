/** `npm run prove`: trains a small network with every part of the design space until its samples pass a two-sample test; `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/prove.js');

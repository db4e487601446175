/** `npm run chaos`: attacks a running fleet and counts what was lost, duplicated or wrong; `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../chaos/dist/main.js');

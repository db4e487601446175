/** `npm run bench:webgpu-overhead`: what JavaScript and Dawn cost without a GPU; `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/webgpu-overhead.js');

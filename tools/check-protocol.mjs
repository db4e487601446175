/** `npm run check:protocol`: visits every state of small worlds of the dispatch protocol (docs/protocol.md); `-- --help` lists the options. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { main } = await import('../libs/dispatch/dist/protocol/main.js');
process.exitCode = main(process.argv.slice(2), console.log);

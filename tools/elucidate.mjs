/** `npm run elucidate -- ...`: the `elucidate` command from a clone, installing and building first if needed. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { main } = await import('../apps/cli/dist/main.js');
await main(process.argv.slice(2));

/** `npm test`: every project's tests on a fresh clone, ending with one line `N passed, N failed`. */
import { ensureInstalled, requireNode } from './bootstrap.mjs';
import { runTargets } from './targets.mjs';

requireNode();
await ensureInstalled();
process.exit(await runTargets(['test'], process.argv.slice(2)));

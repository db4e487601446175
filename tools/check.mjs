/** `npm run check`: lint, types, tests and build of every project, ending with one line `N passed, N failed`. */
import { ensureInstalled, requireNode } from './bootstrap.mjs';
import { runTargets } from './targets.mjs';

requireNode();
await ensureInstalled();
process.exit(await runTargets(['lint', 'typecheck', 'test', 'build'], process.argv.slice(2)));

/** `npm run bench:orchestrator`: how many stages that do nothing the orchestrator runs a second, and other queues beside it. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
await import('../bench/dist/orchestrator.js');

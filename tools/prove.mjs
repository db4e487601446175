/** `npm run prove`: trains a small network with every part of the design space until its samples pass a two-sample test. */
import { ensureBuilt, ensureInstalled, requireNode } from './bootstrap.mjs';

requireNode();
await ensureInstalled();
await ensureBuilt();
const { prove } = await import('../libs/training/dist/proofs/prove.js');
process.exitCode = await prove(process.argv.slice(2));

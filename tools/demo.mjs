/** `npm run demo`: from a fresh clone to an ablation table. */
process.argv.splice(2, 0, 'demo');
await import('./elucidate.mjs');

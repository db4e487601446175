#!/usr/bin/env node
/** `npx elucidate`, inside a clone: the built command, or what to do when it is not built yet. */
import { existsSync } from 'node:fs';

const built = new URL('../dist/main.js', import.meta.url);
if (!existsSync(built)) {
  console.error('elucidate is not built yet. Run `npm run build` first, or `npm run demo`, which does everything.');
  process.exit(2);
}
const { main } = await import(built.href);
await main(process.argv.slice(2));

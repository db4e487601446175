#!/usr/bin/env node
/** `elucidate` out of a bundle: the built command, with the data sets that lie beside it. */
import { fileURLToPath } from 'node:url';
import { homeOf } from '@elucidate/shell/home';
import { useBundledDatasets } from '../dist/bundle/bundled-datasets.js';
import { main } from '../dist/main.js';

try {
  useBundledDatasets(fileURLToPath(new URL('../../..', import.meta.url)), { home: homeOf().dir, env: process.env });
} catch {
  // a home folder that cannot be used: the command says so
}
await main(process.argv.slice(2));

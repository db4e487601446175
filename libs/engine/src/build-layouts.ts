import { writeFileSync } from 'node:fs';
import { assemblySource, headerSource } from './layout-sources.js';

/** `npm run build:layouts`: translates libs/engine-native/src/kernel-layouts.ts to AssemblyScript and C++. */
writeFileSync(new URL('../assembly/layouts.ts', import.meta.url), assemblySource());
writeFileSync(new URL('../../engine-native/native/kernel-layouts.h', import.meta.url), headerSource());

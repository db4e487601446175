import { writeFileSync } from 'node:fs';
import { assemblySource, headerSource } from './layout-sources.js';

/** `npm run build:layouts`: writes libs/engine-native/src/kernel-layouts.ts as AssemblyScript and as C++. */
writeFileSync(new URL('../assembly/layouts.ts', import.meta.url), assemblySource());
writeFileSync(new URL('../../engine-native/native/kernel-layouts.h', import.meta.url), headerSource());

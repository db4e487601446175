import { hostname } from 'node:os';
import { createRequire } from 'node:module';
import type { Engine } from '@elucidate/engine/start';
import type { Provenance } from '@elucidate/experiment/execution';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/** Where a stage ran: what is needed to trust a result; none of it is part of a stage's name. */
export function provenanceOf({ backend, version: engineVersion, threads, device }: Engine): Provenance {
  return { engine: `${backend} ${engineVersion}`, threads, device, host: hostname(), node: process.version, elucidate: version };
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The packages whose code decides what a stage computes, and how it may fail. */
const packages = ['diffusion', 'engine', 'experiment', 'metrics', 'runtime', 'stages', 'training'] as const;

/** "0.1.0+3f2a9c01": the project's version, and a hash of the built code that runs stages; two workers of one version run the same code. */
export function codeVersion(): string {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  const hash = createHash('sha256');
  for (const name of packages) {
    // packages lie beside each other, in the repository and when installed
    const dist = fileURLToPath(new URL(`../../${name}/dist/`, import.meta.url));
    for (const file of scriptsIn(dist)) hash.update(`${name}/${file}\n`).update(readFileSync(join(dist, file)));
  }
  return `${version}+${hash.digest('hex').slice(0, 8)}`;
}

const scriptsIn = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js')).sort();

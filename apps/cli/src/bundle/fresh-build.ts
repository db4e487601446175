import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';

/** What the compiler writes last, and what the dashboard's build does. */
const records = ['tsconfig.tsbuildinfo', join('dist', 'index.html')];
const source = /(?<!\.test|\.fixture|\.d)\.(?:tsx?|css)$/;

/** Throws request.invalid where a project in one of these folders was changed after it was built: a bundle would have the code from before. */
export function requireFreshBuild(root: string, folders: readonly string[]): void {
  for (const folder of folders) {
    const record = records.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (record === undefined || !existsSync(join(folder, 'src'))) continue;
    const builtAt = statSync(record).mtimeMs;
    const newer = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) => source.test(name)).sort().find((name) => statSync(join(folder, 'src', name)).mtimeMs > builtAt);
    if (newer !== undefined) throw new ElucidateError('request.invalid', `${relative(root, join(folder, 'src', newer))} was changed after it was built; run \`npm run build\` before bundling`);
  }
}

import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed } from '@elucidate/stages/programs/pack';

/** What only compilers and debuggers read. */
const unread = /\.(?:map|tsbuildinfo|[cm]?tsx?)$/;
const ofOurSources = new Set(['src', 'assembly', 'native', 'tools', 'build', 'jest', 'jest.config.cjs', 'tsconfig.json', 'tsconfig.spec.json', 'vite.config.ts', 'binding.gyp']);
/** A folder of programs for one platform, "linux-x64". */
const forPlatform = /^(?:aix|android|darwin|freebsd|linux|openbsd|sunos|win32)-[a-z0-9]+$/;

/** Chooses among the files and folders below a folder, by their names. */
type Choice = (name: string, depth: number) => boolean;

/** The files of an installed package that running it takes; packages inside it are packages of their own. */
export const packageFiles = (folder: string, path: string, platform: string): Packed[] =>
  filesBelow(folder, path, (name) => name !== 'node_modules' && !unread.test(name) && (!forPlatform.test(name) || name === platform));

/** The files of a project of ours, built, that running it takes. */
export const projectFiles = (folder: string, path: string): Packed[] =>
  filesBelow(folder, path, (name, depth) => name !== 'node_modules' && !unread.test(name) && !(depth === 0 && ofOurSources.has(name)));

/** One file, under another path. */
export function oneFile(from: string, path: string, executable = false): Packed {
  return { from, path, executable, sizeBytes: statSync(from).size };
}

/** Everything below a folder, as `path` and what follows, sorted. A link to a neighbour stays one, other links become what they lead to. */
export function filesBelow(folder: string, path: string, chosen: Choice = () => true): Packed[] {
  const files: Packed[] = [];
  const walk = (from: string, to: string, depth: number): void => {
    for (const entry of readdirSync(from, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (!chosen(entry.name, depth)) continue;
      const [place, named] = [join(from, entry.name), `${to}/${entry.name}`];
      const link = entry.isSymbolicLink() ? readlinkSync(place) : undefined;
      if (link !== undefined && !link.includes('/')) {
        files.push({ path: named, link });
        continue;
      }
      const found = statSync(place);
      if (found.isDirectory()) walk(place, named, depth + 1);
      else if (found.isFile()) files.push(oneFile(place, named, (found.mode & 0o100) !== 0));
    }
  };
  walk(folder, path, 0);
  return files;
}

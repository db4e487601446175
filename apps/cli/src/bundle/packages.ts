import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ElucidateError } from '@elucidate/experiment/errors';

interface Described {
  name: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

/** A package by its name, as the one in `from` finds it; both folders are absolute. */
export interface Wanted {
  name: string;
  from: string;
  /** How to get it, if it is not installed. Default: by `npm ci`. */
  remedy?: string;
}

/** The folders of these packages and of all that they need to run, each once, sorted. Optional packages that are not installed, and those in `without`, are left out. Throws code.absent for a needed one that is not installed. */
export function packageFolders(root: string, wanted: readonly Wanted[], without: (name: string) => boolean = () => false): string[] {
  const found = new Set<string>();
  const take = ({ name, from, remedy = 'Run `npm ci`' }: Wanted, optional: boolean): void => {
    if (without(name)) return;
    const folder = installed(name, from, root);
    if (folder === undefined) {
      if (optional) return;
      throw new ElucidateError('code.absent', `The package ${name}, which ${relative(root, from) || 'elucidate'} needs, is not installed. ${remedy}`, { details: { name } });
    }
    if (found.has(folder)) return;
    found.add(folder);
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = described(folder);
    for (const needed of Object.keys({ ...dependencies, ...optionalDependencies })) take({ name: needed, from: folder }, needed in optionalDependencies);
    for (const needed of Object.keys(peerDependencies)) if (!peerDependenciesMeta[needed]?.optional) take({ name: needed, from: folder }, false);
  };
  for (const package_ of wanted) take(package_, false);
  return [...found].sort();
}

/** The name of the package in a folder. */
export const packageName = (folder: string): string => described(folder).name;

const described = (folder: string): Described => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Described;

/** The folder of a package as Node finds it from another folder, no higher than the root; undefined if it is not installed. */
function installed(name: string, from: string, root: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return realpathSync(folder);
    if (at === root || at === dirname(at)) return undefined;
  }
}

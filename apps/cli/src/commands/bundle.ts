import { createHash } from 'node:crypto';
import { createWriteStream, realpathSync } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { findBinaries } from '@elucidate/embedded/binaries';
import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { homeOf } from '@elucidate/shell/home';
import { sizeText } from '@elucidate/shell/size';
import { type Packed, tarOf } from '@elucidate/stages/programs/pack';
import { bundleFolder, ownFolders, projectOf } from '../bundle/contents.js';
import { oneFile } from '../bundle/files.js';
import { requireFreshBuild } from '../bundle/fresh-build.js';
import { portableNode } from '../bundle/node-binary.js';
import { datasetFiles, type Parts, partsOf } from '../bundle/parts.js';

export interface BundleOptions {
  platform: string;
  with: readonly string[];
  /** Of the Node that goes along. */
  node: string;
  /** Shared libraries that go along. */
  library: readonly string[];
  json?: boolean;
}

const root = realpathSync(fileURLToPath(new URL('../../../..', import.meta.url)));

/** Writes one archive with the built project, its packages and Node, for machines that have neither Node nor a network. The same files give the same bytes. */
export async function bundle(file: string | undefined, { platform, with: words, node, library, json = false }: BundleOptions): Promise<void> {
  const parts = partsOf(words);
  requirePlatform(platform);
  requireFreshBuild(root, ownFolders(root, parts, platform));
  const portable = await portableNode(node, platform);
  // it also makes the links that npm does not pack
  if (parts.postgres) await findBinaries();
  const log = (line: string): void => void (json || process.stderr.write(`${line}\n`));
  const files = [
    ...projectOf(root, parts, platform),
    oneFile(portable.path, 'bin/node', true),
    ...library.map((path) => oneFile(existingFile(path), join('lib', basename(path)))),
    ...(await datasetFiles(parts, { home: homeOf().dir, log })),
  ];
  const target = resolve(file ?? `elucidate-${platform}.tar.gz`);
  log(`${files.length} files, ${sizeText(files.reduce((sum, each) => sum + ('link' in each ? 0 : each.sizeBytes), 0))}, compressed into ${target}`);
  const sha256 = await writeBundle(target, files);
  const { size: sizeBytes } = await stat(target);
  console.log(json
    ? jsonOf({ file: target, sizeBytes, sha256, platform, node: portable.version, with: words })
    : [`${target}: ${sizeText(sizeBytes)}, sha256 ${sha256}, Node ${portable.version}`, ...notes(parts, library), '', 'There:', `  tar -xzf ${basename(target)}`, `  ${bundleFolder}/elucidate doctor`].join('\n'));
}

function requirePlatform(platform: string): void {
  const here = `${process.platform}-${process.arch}`;
  if (platform !== here) throw new ElucidateError('request.invalid', `--platform ${platform}: the packages that npm installed here are for ${here}; run this command on a machine of ${platform}, after \`npm ci\` and \`npm run build\``);
}

function existingFile(path: string): string {
  try {
    return realpathSync(path);
  } catch (cause) {
    throw new ElucidateError('request.invalid', `--library ${path}: there is no such file`, { cause });
  }
}

/** What the other machine still has to have. */
function notes({ webgpu, postgres }: Parts, library: readonly string[]): string[] {
  return [
    ...(postgres ? [] : ['Without a database: set DATABASE_URL there, or add `--with postgres`.']),
    ...(webgpu && !library.some((path) => basename(path).startsWith('libvulkan.so')) ? ['A GPU needs its driver and the Vulkan loader there, libvulkan.so.1; `--library` takes one along.'] : []),
  ];
}

/** Returns the archive's sha256. An archive is whole, or not there. */
async function writeBundle(target: string, files: readonly Packed[]): Promise<string> {
  const hash = createHash('sha256');
  const part = `${target}.part`;
  try {
    await pipeline(tarOf(files.map((each) => ({ ...each, path: `${bundleFolder}/${each.path}` }))), createGzip(), async function* (pieces) {
      for await (const piece of pieces as AsyncIterable<Buffer>) {
        hash.update(piece);
        yield piece;
      }
    }, createWriteStream(part));
    await rename(part, target);
  } finally {
    await rm(part, { force: true });
  }
  return hash.digest('hex');
}

import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ignoring, { type Ignore } from 'ignore';
import { ElucidateError } from '@elucidate/experiment/errors';
import { secretIn } from './secrets.js';

/** A file of a program. */
export interface ProgramFile {
  /** Relative to the folder, with slashes. */
  path: string;
  sizeBytes: number;
  executable: boolean;
}

/** Never part of a program: what tools leave behind. */
const always = ['.git', '.hg', '.svn', '__pycache__', '*.pyc', '.venv', '.ipynb_checkpoints', '.mypy_cache', '.pytest_cache', '.ruff_cache', '.DS_Store', '.elucidate'];
/** Bytes of one file, and of all: more is data, or weights of which the owner should know that they are copied to every worker. */
const usualLimits = { file: 32 * 2 ** 20, all: 256 * 2 ** 20 };
const largeLimits = { file: 8 * 2 ** 30, all: 16 * 2 ** 30 };
/** Bytes of the text files that are searched for secrets. */
const searchedBytes = 2 ** 20;

export interface ProgramFilesOptions {
  /** Allows files of gigabytes. */
  large?: boolean;
}

/** Rules of one folder's .gitignore. */
interface Rules {
  /** The folder, relative, "" or ending in a slash. */
  below: string;
  rules: Ignore;
}

/**
 * The files of a program's folder, sorted by path, without those that .gitignore files name. Throws request.invalid, which lists everything that
 * keeps the folder from being added: symbolic links, devices, files that are too large, what looks like a secret, no files at all.
 */
export async function programFiles(folder: string, { large = false }: ProgramFilesOptions = {}): Promise<ProgramFile[]> {
  const limits = large ? largeLimits : usualLimits;
  const files: ProgramFile[] = [];
  const problems: string[] = [];
  const walk = async (below: string, outer: readonly Rules[]): Promise<void> => {
    const rules = [...outer, ...(await rulesOf(folder, below))];
    for (const name of (await readdir(join(folder, below))).sort()) {
      const path = `${below}${name}`;
      const found = await lstat(join(folder, path));
      if (isIgnored(found.isDirectory() ? `${path}/` : path, rules)) continue;
      if (found.isDirectory()) await walk(`${path}/`, rules);
      else if (found.isSymbolicLink()) problems.push(`${path} is a symbolic link, which leads elsewhere on another machine: put the file itself there`);
      else if (!found.isFile()) problems.push(`${path} is no plain file`);
      else if (found.size > limits.file) problems.push(`${path} has ${mebibytes(found.size)}, more than ${mebibytes(limits.file)}: images come from the data set${large ? '' : '; if it is weights that belong to the program, add the folder with --large'}`);
      else {
        const secret = await secretIn(path, () => readStart(join(folder, path), found.size));
        if (secret !== undefined) problems.push(`${path} ${secret}: everyone who may read results could read it; name it in .gitignore, and hand it on with ELUCIDATE_PROGRAM_ENV`);
        files.push({ path, sizeBytes: found.size, executable: (found.mode & 0o100) !== 0 });
      }
    }
  };
  await walk('', [{ below: '', rules: rulesIn(always) }]).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') throw new ElucidateError('request.invalid', `${folder} is no folder that can be read (${cause.message}); name the folder with the program's files`, { cause });
    throw cause;
  });
  const all = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (all > limits.all) problems.push(`all files together have ${mebibytes(all)}, more than ${mebibytes(limits.all)}${large ? '' : ': name what does not belong to the program in .gitignore, or add the folder with --large'}`);
  if (files.length === 0) problems.push('it has no files');
  if (problems.length > 0) throw new ElucidateError('request.invalid', `${folder} cannot be a program:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toPrecision(3)} MiB`;

async function rulesOf(folder: string, below: string): Promise<Rules[]> {
  const text = await readFile(join(folder, below, '.gitignore'), 'utf8').catch(() => undefined);
  return text === undefined ? [] : [{ below, rules: rulesIn(text) }];
}

/** As git decides on Linux, where `Data` is not `data`. */
const rulesIn = (patterns: string | readonly string[]): Ignore => ignoring({ ignorecase: false }).add(patterns);

/** As git decides: the innermost folder that says something about a path. */
function isIgnored(path: string, rules: readonly Rules[]): boolean {
  for (const { below, rules: own } of rules.toReversed()) {
    const { ignored, unignored } = own.test(path.slice(below.length));
    if (ignored || unignored) return ignored;
  }
  return false;
}

/** The text of a file that may have secrets in it. */
async function readStart(path: string, sizeBytes: number): Promise<string> {
  if (sizeBytes > searchedBytes) return '';
  const bytes = await readFile(path);
  return bytes.includes(0) ? '' : bytes.toString('utf8');
}

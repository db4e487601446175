import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ElucidateError, type Problem } from '@elucidate/experiment/errors';
import { withProfile } from '@elucidate/experiment/profiles';
import { withOverrides } from '@elucidate/experiment/overrides';
import { parseSpec, type ReadOptions } from '@elucidate/experiment/parse-spec';
import { withShorthand } from '@elucidate/experiment/shorthand';
import type { Spec } from '@elucidate/experiment/spec';
import { printableLines } from '@elucidate/experiment/printable';
import { problemsText } from '@elucidate/experiment/problem-text';
import { readText } from '@elucidate/experiment/spec-text';
import { convertWandb, isWandb } from '@elucidate/experiment/wandb/convert';
import { importFolder } from '@elucidate/training/datasets/import-folder';
import { homeOf } from '@elucidate/shell/home';

export interface SpecFile {
  /** The text to send to an API. */
  text: string;
  spec: Spec;
}

const unreadable: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', ENOTDIR: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'this user may not read it' };

/**
 * Reads and checks a sweep file, or one of W&B, with a profile and the changes that the command line makes; "-" is standard input. A folder of images named by its path is imported and then identified by its contents.
 * Throws 'request.invalid' for a file that cannot be read, 'spec.invalid' with every mistake in it.
 */
export async function readSpecFile(file: string, { profile, overrides = [] }: ReadOptions = {}): Promise<SpecFile> {
  const written = await (file === '-' ? standardInput() : readFile(file, 'utf8')).catch((cause: NodeJS.ErrnoException) => {
    throw new ElucidateError('request.invalid', `Cannot read the sweep file ${JSON.stringify(file)}: ${unreadable[cause.code ?? ''] ?? cause.message}. Name a YAML or JSON file, or - for standard input.`, { cause });
  });
  const found = fromWandb(written, { file, profile, overrides });
  if (found === null) return readOurs(written, { file, profile, overrides });
  try {
    return await readOurs(found.text, { file, profile, overrides });
  } catch (error) {
    throw error instanceof ElucidateError && error.code === 'spec.invalid' ? notMapping(file, error.problems.map(found.asWritten)) : error;
  }
}

async function readOurs(text: string, { file, profile, overrides = [] }: ReadOptions & { file: string }): Promise<SpecFile> {
  // parseSpec reports errors in the text and in the name of the profile
  const document = withOverrides(withProfile(withShorthand(readText(text).value), profile).document, overrides) as Named | undefined;
  const folder = folderPath(document);
  if (folder === undefined && profile === undefined && overrides.length === 0) return { text, spec: parseSpec(text) };
  const spec = folder === undefined ? parseSpec(text, { profile, overrides }) : parseSpec(await withContents(document, path.resolve(path.dirname(file === '-' ? '.' : file), folder)));
  return { text: JSON.stringify(spec), spec };
}

const notMapping = (file: string, problems: readonly Problem[]): ElucidateError => new ElucidateError('spec.invalid', `${file} is a sweep file of W&B, of which not everything maps. ${problemsText(problems)}`, { problems });

/** What is wrong with a sweep file that is not to be run. */
function problemsIn(spec: string, options: ReadOptions): readonly Problem[] {
  try {
    parseSpec(spec, options);
    return [];
  } catch (error) {
    if (error instanceof ElucidateError && error.code === 'spec.invalid') return error.problems;
    throw error;
  }
}

interface FromWandb {
  text: string;
  /** A problem of the sweep file where the W&B file has what it is about. */
  asWritten(problem: Problem): Problem;
}

/**
 * The sweep file that a sweep file of W&B means; null for any other text. Says on stderr what is left out. Throws 'spec.invalid' with all that does not map, and why, and with what is
 * wrong with the rest.
 */
function fromWandb(text: string, { file, ...options }: ReadOptions & { file: string }): FromWandb | null {
  const { value, problems: unreadableParts, lineOf } = readText(text);
  if (unreadableParts.length > 0 || !isWandb(value)) return null;
  const { spec, dropped, problems, writtenAt } = convertWandb(value);
  const at = (problem: Problem, place: string): Problem => {
    const line = lineOf?.(place);
    return { ...problem, path: place, ...(line !== undefined && { line }) };
  };
  // a line is of the converted text, and none of what the command line changes
  const asWritten = ({ line, ...problem }: Problem): Problem => (line === undefined ? { ...problem, path: writtenAt(problem.path) } : at(problem, writtenAt(problem.path)));
  if (problems.length > 0) {
    // a folder is imported, and its contents named, only for a sweep that is read
    const others = problemsIn(JSON.stringify(spec), options).filter(({ path: place }) => place !== 'dataset.contents').map(asWritten);
    throw notMapping(file, [...problems.map((problem) => at(problem, problem.path)), ...others.filter((other) => !problems.some((known) => known.path === other.path))]);
  }
  process.stderr.write(printableLines(`${file}: read as a sweep file of W&B${dropped.map(({ path: place, why }) => `\n  left out: ${place}: ${why}`).join('')}\n`));
  return { text: JSON.stringify(spec), asWritten };
}

interface Named {
  dataset?: { name?: unknown; path?: unknown; contents?: unknown };
}

/** The folder of a sweep's data set if only its path is given. */
function folderPath(document: Named | undefined): string | undefined {
  const { name, path: place, contents } = document?.dataset ?? {};
  return name === 'folder' && typeof place === 'string' && contents === undefined ? place : undefined;
}

async function withContents(document: Named | undefined, folder: string): Promise<unknown> {
  const { contents, classes, train, test, skipped, warnings } = await importFolder(folder, homeOf().dir);
  process.stderr.write(`${folder}: ${train} train and ${test} test images${classes.length > 0 ? ` of ${classes.length} classes` : ''}${skipped.length > 0 ? `; left out: ${skipped.map(({ file: name, reason }) => `${name} (${reason})`).join(', ')}` : ''}\n`);
  for (const warning of warnings) process.stderr.write(`WARNING: ${warning}\n`);
  return { ...document, dataset: { ...document?.dataset, contents, ...(classes.length > 0 && { classes: classes.length }) } };
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

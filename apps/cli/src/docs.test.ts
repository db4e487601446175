import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@elucidate/experiment/errors';
import type { Command } from 'commander';
import { elucidate } from './main.js';
import { workerCommand } from '@elucidate/runtime/worker-command';

const root = join(import.meta.dirname, '../../..');
const pages = ['README.md', ...readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** What is written as code: spans, and the lines of blocks that are commands, of others those after a `$`. */
function codeOf(text: string): string[] {
  const fenced = /^```(\w*).*\n([\s\S]*?)^```$/gm;
  const blocks = [...text.matchAll(fenced)].flatMap(([, language = '', block = '']) => block.split('\n').filter((line) => ['sh', 'bash'].includes(language) || line.startsWith('$ ')));
  return [...blocks, ...[...text.replaceAll(fenced, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)];
}

/** Command lines of ours: of "npx elucidate plan x.yaml && elucidate api &", both. */
const callsOf = (code: string): string[] => [...code.matchAll(/(?:^|[\s/(])elucidate ((?:[a-z][^|&;#<>]*))/g)].map(([, call = '']) => call.trim());

/** The command that a line calls, and its words. Null: there is none of that name. */
function called(line: string): { command: Command; words: string[] } | null {
  const words = line.split(/\s+/);
  const named = (from: Command, name: string | undefined): Command | undefined => from.commands.find((one) => one.name() === name);
  const first = named(elucidate(), words[0]);
  return first === undefined ? null : { command: named(first, words[1]) ?? first, words };
}

// `elucidate worker` passes its options on to the worker
const optionsOf = (command: Command): string[] =>
  [...(command.name() === 'worker' ? workerCommand('worker').options : []), ...command.options, ...(command.parent?.options ?? [])].flatMap(({ long, short }) => [long, short].flatMap((flag) => flag ?? [])).concat('--help');

function isWrong(line: string): boolean {
  const found = called(line);
  return found === null || found.words.some((word) => /^--[a-z]/.test(word) && !optionsOf(found.command).includes(word.replace(/[=`].*/, '')));
}

test.each(pages)('every command line in %s is one that there is, with options that it has', (page) => {
  expect(codeOf(textOf(page)).flatMap(callsOf).filter(isWrong)).toEqual([]);
});

test('a command or an option that is not there would be found', () => {
  expect(['run it: `elucidate prune --yes`', '`npx elucidate prun`', '`elucidate prune --ye`', '`elucidate key create --owner ann`', '`elucidate key crate --owner`'].map((text) => codeOf(text).flatMap(callsOf).filter(isWrong).length)).toEqual([0, 1, 1, 0, 1]);
});

describe('docs/operations.md', () => {
  const text = textOf('docs/operations.md');
  const spans = codeOf(text);

  test('names errors that there are', () => {
    const others = /\.(md|ts|yaml|json|js|log|jsonl)$|^(worker|sweep)\.edited$|^attempts\./;
    const named = spans.filter((span) => /^[a-z_]+\.[a-z_]+$/.test(span) && !others.test(span));
    expect(named.filter((code) => !Object.hasOwn(errorCodes, code))).toEqual([]);
    expect(named.length).toBeGreaterThan(15);
  });

  test('has every variable that API, worker and command line read, and no other', () => {
    const rows = text.slice(text.indexOf('## Environment'), text.indexOf('## Poolers')).split('\n').filter((line) => line.startsWith('| `'));
    const listed = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name));
    const sources = ['libs', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, 'src'))).filter((folder) => existsSync(join(root, folder)))
      .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test|\.fixture)\.ts$/.test(file)).map((file) => textOf(join(folder, file))));
    const all = sources.join('\n');
    expect(listed.filter((name) => !new RegExp(`\\b${name.replace(/_FILE$/, '')}\\b`).test(all))).toEqual([]);
    // keys of the schemas that an environment is parsed by, and what is read without one
    const read = sources.flatMap((source) => [
      ...(/parseEnvironment|installationVariables/.test(source) ? [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)] : []), ...source.matchAll(/(?:env|variables)\['([A-Z][A-Z_]+)'\]/g),
    ]).map(([, name = '']) => name).filter((name) => !/^(PG|SLURM_|TF_|CI$|HOME$|PATH$)/.test(name));
    expect(read.length).toBeGreaterThan(12);
    expect([...new Set(read)].filter((name) => !listed.includes(name))).toEqual([]);
  });

  test('names the options of a worker that it relies on, with their defaults', () => {
    const defaults = Object.fromEntries(workerCommand('worker').options.map(({ long, defaultValue }) => [long, defaultValue as unknown]));
    expect(text).toContain(`(\`--lease-seconds\`, ${String(defaults['--lease-seconds'])})`);
    expect(text).toContain(`every ${String(defaults['--checkpoint-seconds'])} seconds (\`--checkpoint-seconds\`)`);
  });
});

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
  [...(command.name() === 'worker' ? workerCommand('worker').options : []), ...command.options, ...(command.parent?.options ?? [])].flatMap(({ long, short, hidden }) => (hidden ? [] : [long, short].flatMap((flag) => flag ?? []))).concat('--help');

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

  // what is tested elsewhere with smaller figures, or would take too long
  test.each([
    ['sends three heartbeats per lease', 'libs/dispatch/src/attempt.ts', 'setInterval(beat, leaseMs / 3)'],
    ['About every two seconds some worker or API reconciles', 'libs/dispatch/src/reconcile-repeatedly.ts', 'reconcileMs = 2000'],
    ['opens at most `slots + 4`', 'apps/worker/src/worker.ts', 'poolSize: slots + 4'],
    ['without Redis 4 more for the queue, one of which listens', 'libs/dispatch/src/bull-postgres.ts', 'maxConnections = 3'],
    ['runs it again after 1 s, then after 2 s', 'libs/dispatch/src/fail.ts', 'backoffMs = 1000'],
    ['after 3 attempts it is quarantined', 'libs/dispatch/src/fail.ts', 'defaultMaxAttempts = 3'],
    ['stands still for more than 30 s', 'libs/dispatch/src/reconcile.ts', 'asleepMs = 30_000'],
    ['after 5 different stages have failed in a row', 'libs/dispatch/src/work.ts', 'maxFailures = 5'],
    ['for 2 s, 4 s and so on', 'libs/dispatch/src/set-aside.ts', 'retryMs ?? 2000) * 2 **'],
    ['up to a minute, and then resumes by itself', 'libs/dispatch/src/set-aside.ts', 'maxRetryMs = 60_000'],
    ['from the sixth time on that worker an attempt is counted', 'libs/dispatch/src/work.ts', 'maxExcuses = 5'],
    ['a finished result waits ten minutes for the server', 'libs/dispatch/src/attempt.ts', 'patienceMs = 600_000'],
    ['A `watch`, and `run --local`, wait for it for ten minutes', 'apps/cli/src/away.ts', 'patienceMs = 600_000'],
    ['one minute if it is there but occupied', 'libs/dispatch/src/when-accepting.ts', 'patienceMs = 60_000'],
    ['it waits for the schema for ten minutes', 'libs/dispatch/src/when-migrated.ts', 'patienceMs = 600_000'],
    ['both notice within 30 s', 'libs/dispatch/src/work.ts', 'checkEveryMs = 30_000'],
    ['another process goes on after 5 s', 'libs/dispatch/src/reconcile.ts', 'cutOffAfterMs: 5000'],
    ['after 30 minutes, 60 for a reference and 120 for a score', 'libs/runtime/src/stall.ts', 'reference: 60, train: 30, average: 30, \'noise-level\': 30, levels: 30, sample: 30, embed: 30, score: 120'],
    ['Any number of signals within two seconds', 'libs/shell/src/stop-signal.ts', 'sameWithinMs = 2000'],
    ['Another folder takes over two minutes after the last worker', 'libs/dispatch/src/artifact-place.ts', 'forgottenAfterSeconds = 120'],
    ['once its attempt has been over for an hour', 'libs/dispatch/src/work-folders.ts', 'oldAfterMs = 3_600_000'],
    ['or within another hour', 'libs/dispatch/src/work.ts', 'clearEveryMs = 3_600_000'],
    ['the last 512 K characters are kept', 'libs/dispatch/src/bounded-log.ts', 'usualLimit = 512 * 1024'],
    ['At most 20,000 failed attempts and 50 groups', 'libs/store/src/queries/failures.ts', '[mostAttempts, mostGroups, mostDone, mostWorkers] = [20_000, 50,'],
    ['with its next heartbeat, within ten seconds', 'libs/dispatch/src/work.ts', 'seenEveryMs = 10_000'],
    ['every 2 s, or less often where counting takes long (a fiftieth of the time at most)', 'migrations/src/1764000000181-budgets.ts', `greatest(interval '2 s', b.took_ms * interval '50 ms')`],
    ['a page of `GET /v1/ledgers` has at most 20', 'apps/api/src/schemas/requests.ts', 'max(20)).default(10).describe(\'Maximum number of ledgers'],
    ['(those stored in the last hour stay)', 'libs/store/src/prune/prune.ts', 'anHour = 3_600_000'],
  ])('says "%s", as %s does', (sentence, file, figure) => {
    expect(text).toContain(sentence);
    expect(textOf(file).includes(figure)).toBe(true);
  });
});

import { stageKinds } from '@elucidate/experiment/stages';
import { printed } from '@elucidate/shell/printed.fixture';
import { CommanderError } from 'commander';
import { argumentsOf, parseWorkerFlags, workerCommand } from './worker-command.js';

test('without flags a worker takes every kind, with slots and threads as measured', () => {
  expect(parseWorkerFlags([])).toEqual({ backend: 'auto', kinds: [...stageKinds], leaseSeconds: 30, checkpointSeconds: 15 });
});

test('flags choose kinds, engine and lease', () => {
  expect(parseWorkerFlags(['--kinds', 'train,score', '--backend', 'cpu', '--lease-seconds', '5', '--checkpoint-seconds', '0.5', '--slots=3', '--threads', '2', '--json']))
    .toEqual({ kinds: ['train', 'score'], backend: 'cpu', leaseSeconds: 5, checkpointSeconds: 0.5, slots: 3, threads: 2, json: true });
});

test('options are turned back into the same arguments, defaults into none', () => {
  const given = ['--backend', 'cpu', '--threads', '2', '--kinds', 'train,score', '--json'];
  expect(argumentsOf(workerCommand('worker').parse(given, { from: 'user' }))).toEqual(given);
  expect(argumentsOf(workerCommand('worker').parse([], { from: 'user' }))).toEqual([]);
});

describe('what commander prints', () => {
  const text = printed();

  test.each([
    [['--slots', '0'], '--slots'],
    [['--threads', 'many'], '--threads'],
    [['--kinds', 'train,bake'], '"bake" is none of'],
    [['--backend', 'abacus'], 'simd'],
    [['--lease-seconds', 'soon'], '--lease-seconds'],
    [['--lease-second', '5'], 'Did you mean --lease-seconds?'],
    [['stray'], 'too many arguments'],
  ])('%j is refused with an error that names it', (args, hint) => {
    expect(() => parseWorkerFlags(args)).toThrow(CommanderError);
    expect(text()).toContain(hint);
  });

  test('the help names every flag, the environment and what each exit code means', () => {
    expect(() => parseWorkerFlags(['--help'])).toThrow(expect.objectContaining({ exitCode: 0 }));
    for (const word of ['--backend', '--slots', '--threads', '--kinds', '--lease-seconds', '--checkpoint-seconds', '--json', 'DATABASE_URL', 'REDIS_URL', 'ELUCIDATE_HOME', 'ELUCIDATE_ARTIFACTS', 'LOG_FORMAT', 'Examples:', 'Exit codes']) expect(text()).toContain(word);
  });
});

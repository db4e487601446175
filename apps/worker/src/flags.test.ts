import { stageKinds } from '@elucidate/experiment/stages';
import { parseEnv } from './env.js';
import { help, parseFlags } from './flags.js';
import { createLog } from './log.js';

test('without flags a worker takes every kind, and leaves slots and threads to what was measured', () => {
  expect(parseFlags([])).toEqual({ backend: 'auto', kinds: [...stageKinds], 'lease-seconds': 30, 'checkpoint-seconds': 15, json: false, help: false });
});

test('flags choose kinds, engine and lease', () => {
  expect(parseFlags(['--kinds', 'train,score', '--backend', 'cpu', '--lease-seconds', '5', '--checkpoint-seconds', '0.5', '--slots=3', '--threads', '2', '--json'])).toMatchObject({ kinds: ['train', 'score'], backend: 'cpu', 'lease-seconds': 5, 'checkpoint-seconds': 0.5, slots: 3, threads: 2, json: true });
});

test.each([
  [['--slots', '0'], '--slots'],
  [['--threads', 'many'], '--threads'],
  [['--kinds', 'train,bake'], '--kinds'],
  [['--backend', 'abacus'], '--backend'],
  [['--lease-seconds', 'soon'], '--lease-seconds'],
  [['--frobnicate'], '--frobnicate'],
  [['stray'], 'stray'],
])('%j is refused by name', (args, named) => {
  expect(() => parseFlags(args)).toThrow(expect.objectContaining({ code: 'request.invalid', message: expect.stringContaining(named) }));
});

test('the help names every flag', () => {
  for (const name of Object.keys(parseFlags(['--slots', '1', '--threads', '1']))) expect(help).toContain(`--${name}`);
});

const database = { DATABASE_URL: 'postgres://lab@db/elucidate' };

test('the home folder is absolute, and an empty variable counts as absent', () => {
  expect(parseEnv({ ...database, REDIS_URL: '', ELUCIDATE_HOME: 'x' }, '/srv')).toEqual({ databaseUrl: database.DATABASE_URL, home: '/srv/x' });
  expect(parseEnv({ ...database, REDIS_URL: 'redis://r' }, '/srv')).toEqual({ databaseUrl: database.DATABASE_URL, redisUrl: 'redis://r', home: '/srv/.elucidate' });
});

test('every wrong variable is named', () => {
  expect(() => parseEnv({ REDIS_URL: 'http://r' })).toThrow(/DATABASE_URL must be set; REDIS_URL must begin with redis:/);
});

test('a line that repeats itself is written once, another one at once', () => {
  const written: string[] = [];
  const log = createLog(true, (text) => void written.push(text));
  for (const line of ['lost', 'lost', 'lost', 'back', 'lost']) log(line);
  expect(written.map((text) => JSON.parse(text).message)).toEqual(['lost', 'back', 'lost']);
});

import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installationSchema, parseEnvironment } from './environment.js';
import { homeAt, homeOf } from './home.js';

const folder = mkdtempSync(join(tmpdir(), 'elucidate-environment-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const database = { DATABASE_URL: 'postgres://lab:secret@db/elucidate' };

test('the home folder is absolute, and an empty variable counts as absent', () => {
  const parsed = parseEnvironment(installationSchema, { ...database, REDIS_URL: '', ELUCIDATE_HOME: '' });
  expect(parsed).toEqual({ databaseUrl: database.DATABASE_URL, home: homeAt('.elucidate'), logFormat: 'text' });
  expect(parsed.home.artifacts).toBe(join(process.cwd(), '.elucidate', 'artifacts'));
  expect(homeOf({ ELUCIDATE_HOME: '' })).toEqual(homeAt('.elucidate'));
  expect(homeOf({ ELUCIDATE_HOME: join(folder, 'x'), ELUCIDATE_ARTIFACTS: '' })).toEqual(homeAt(join(folder, 'x')));
  expect(homeOf({ ELUCIDATE_HOME: folder, ELUCIDATE_ARTIFACTS: 'file:///mnt/a' })).toMatchObject({ dir: folder, artifacts: 'file:///mnt/a' });
});

test('values that are set are taken', () => {
  expect(parseEnvironment(installationSchema, { ...database, REDIS_URL: 'redis://r', ELUCIDATE_HOME: '/srv/x', ELUCIDATE_ARTIFACTS: '/mnt/a', LOG_FORMAT: 'json', OTHER: '1' }))
    .toEqual({ databaseUrl: database.DATABASE_URL, redisUrl: 'redis://r', home: homeAt('/srv/x', '/mnt/a'), logFormat: 'json' });
});

test('every wrong variable is named, and no value is repeated', () => {
  const parse = (): unknown => parseEnvironment(installationSchema, { REDIS_URL: 'http://:secret@r', LOG_FORMAT: 'xml' });
  expect(parse).toThrow(expect.objectContaining({ code: 'request.invalid', message: expect.stringMatching(/DATABASE_URL must be set.*; REDIS_URL must begin with redis:.*; LOG_FORMAT must be text or json/) }));
  expect(parse).not.toThrow(/secret/);
});

test('an address may come from a file, but not from two places', () => {
  const file = join(folder, 'secret');
  writeFileSync(file, `${database.DATABASE_URL}\n`);
  expect(parseEnvironment(installationSchema, { DATABASE_URL: '', DATABASE_URL_FILE: file })).toMatchObject({ databaseUrl: database.DATABASE_URL });
  expect(() => parseEnvironment(installationSchema, { ...database, DATABASE_URL_FILE: file })).toThrow(/Both DATABASE_URL and DATABASE_URL_FILE/);
  expect(() => parseEnvironment(installationSchema, { DATABASE_URL_FILE: join(folder, 'absent') })).toThrow(/absent, which cannot be read \(ENOENT\)/);
  writeFileSync(file, 'mysql://secret');
  expect(() => parseEnvironment(installationSchema, { ...database, REDIS_URL_FILE: file })).toThrow(/REDIS_URL must begin with/);
});

test.each<[string, (at: string) => string, RegExp]>([
  ['a file', (at) => { writeFileSync(at, ''); return at; }, /is a file/],
  ['below a file', (at) => { writeFileSync(at, ''); return join(at, 'deeper', 'home'); }, /lies below .*, which is a file/],
  ['a dead link', (at) => { symlinkSync(join(folder, 'nowhere'), at); return at; }, /is a link to a place that does not exist/],
  // not even root may write there
  ...(process.platform === 'linux' ? [['read-only', () => '/proc/self', /cannot be written in/] as [string, () => string, RegExp]] : []),
])('a home folder that is %s is refused, naming it and the variable', (name, make, why) => {
  const dir = make(join(folder, name));
  const refused = expect.objectContaining({ code: 'folder.unusable', message: expect.stringMatching(why) as string });
  expect(() => homeOf({ ELUCIDATE_HOME: dir })).toThrow(refused);
  expect(() => homeOf({ ELUCIDATE_HOME: dir })).toThrow(new RegExp(`${dir}.*ELUCIDATE_HOME`));
});

import { join } from 'node:path';
import { installationSchema, parseEnvironment } from './environment.js';
import { homeAt, homeOf } from './home.js';

const database = { DATABASE_URL: 'postgres://lab:secret@db/elucidate' };

test('the home folder is absolute, and an empty variable counts as absent', () => {
  const parsed = parseEnvironment(installationSchema, { ...database, REDIS_URL: '', ELUCIDATE_HOME: '' });
  expect(parsed).toEqual({ databaseUrl: database.DATABASE_URL, home: homeAt('.elucidate'), logFormat: 'text' });
  expect(parsed.home.artifacts).toBe(join(process.cwd(), '.elucidate', 'artifacts'));
  expect(homeOf({ ELUCIDATE_HOME: '' })).toEqual(homeAt('.elucidate'));
  expect(homeOf({ ELUCIDATE_HOME: '/srv/x', ELUCIDATE_ARTIFACTS: '' })).toEqual(homeAt('/srv/x'));
  expect(homeOf({ ELUCIDATE_HOME: '/srv/x', ELUCIDATE_ARTIFACTS: 'file:///mnt/a' })).toMatchObject({ dir: '/srv/x', artifacts: 'file:///mnt/a' });
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

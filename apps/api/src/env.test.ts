import { parseEnv } from './env.js';

const least = { DATABASE_URL: 'postgres://localhost/x' };

test('only the database is required; the rest is loopback, port 3210 and a folder beside the caller', () => {
  expect(parseEnv(least, '/srv')).toEqual({ databaseUrl: 'postgres://localhost/x', redisUrl: undefined, artifactsDir: '/srv/.elucidate/artifacts', host: '127.0.0.1', port: 3210, allowedHosts: [] });
});

test.each([
  [{}, 'DATABASE_URL'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [{ ...least, PORT: '70000' }, 'PORT'],
  [{ ...least, PORT: '3e3' }, 'PORT'],
  [{ ...least, REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
])('%j is refused by the name of the variable %s', (variables, name) => {
  expect(() => parseEnv(variables)).toThrow(name);
});

test('port 0 means any free one, and an empty variable counts as absent', () => {
  expect(parseEnv({ ...least, PORT: '0', REDIS_URL: '' })).toMatchObject({ port: 0, redisUrl: undefined });
});

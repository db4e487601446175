import { homeAt } from '@elucidate/shell/home';
import { parseEnv } from './env.js';

const least = { DATABASE_URL: 'postgres://localhost/x' };

test('only the database is required; defaults are loopback, port 3210 and a folder under the working directory', () => {
  expect(parseEnv(least)).toEqual({ databaseUrl: 'postgres://localhost/x', home: homeAt('.elucidate'), logFormat: 'text', host: '127.0.0.1', port: 3210, allowedHosts: [], open: false, programs: false, requestsPerMinute: 3000 });
});

test.each([
  [{}, 'DATABASE_URL'],
  [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL'],
  [{ ...least, PORT: '70000' }, 'PORT'],
  [{ ...least, PORT: '3e3' }, 'PORT'],
  [{ ...least, ELUCIDATE_OPEN: 'yes' }, 'ELUCIDATE_OPEN'],
  [{ ...least, RATE_LIMIT: '-1' }, 'RATE_LIMIT'],
  [{ ...least, REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
])('%j is refused with an error that names the variable %s', (variables, name) => {
  expect(() => parseEnv(variables)).toThrow(name);
});

test('port 0 means any free one, and an empty variable counts as absent', () => {
  expect(parseEnv({ ...least, PORT: '0', REDIS_URL: '' })).not.toHaveProperty('redisUrl');
  expect(parseEnv({ ...least, PORT: '0' }).port).toBe(0);
});

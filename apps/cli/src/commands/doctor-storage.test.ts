import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasPgBouncer, startPgBouncer } from '@elucidate/dispatch/pgbouncer.fixture';
import { homeAt } from '@elucidate/shell/home';
import { connect } from '@elucidate/store/data-source';
import { migrate } from '@elucidate/store/migrate';
import { openDatabase } from '../stack.js';
import { storageFindings } from './doctor-storage.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'elucidate-doctor-'));
});
const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

const found = async (home = homeAt(folder)): Promise<Record<string, [boolean, string]>> =>
  Object.fromEntries((await storageFindings(home)).map(({ what, ok, detail }) => [what, [ok, detail]]));
const text = (pattern: RegExp): string => expect.stringMatching(pattern) as string;

test.each([
  ['another scheme', 'mysql://u:secret@127.0.0.1:1/x'],
  ['a port where nothing listens', 'postgres://u:secret@127.0.0.1:1/x'],
  ['an unknown host', 'postgres://u:secret@no-such-host.invalid/x'],
])('DATABASE_URL with %s is not ok, whatever else is', async (_, url) => {
  Object.assign(process.env, { DATABASE_URL: url, REDIS_URL: 'redis://:secret@127.0.0.1:1' });
  const findings = await found();
  expect(findings).toEqual({ database: [false, text(/No PostgreSQL answers/)], queue: [false, text(/No Redis answers at 127\.0\.0\.1:1/)], artifacts: [true, text(/can be written/)] });
  expect(JSON.stringify(findings)).not.toContain('secret');
});

test('the embedded server is queried, its schema compared, and a folder that is a file reported', async () => {
  delete process.env['DATABASE_URL'];
  const home = homeAt(folder);
  expect(await found(home)).toMatchObject({ database: [true, text(/PostgreSQL 18.* answers \(embedded\)/)], schema: [true, text(/migrations are to be applied/)], queue: [true, 'in PostgreSQL'] });

  const database = await openDatabase(home, () => undefined);
  await migrate(database.url);
  expect(await found(home)).toMatchObject({ schema: [true, 'is what the migrations make'], storage: [true, text(/^\d+\.\d MiB database/)] });
  const db = await connect({ url: database.url, poolSize: 1 });
  await db.query('drop index stage_inputs_input_id');
  expect(await found(home)).toMatchObject({ schema: [false, text(/index stage_inputs_input_id of stage_inputs is missing/)] });
  await db.query(`insert into schema_migrations (timestamp, name) values (9999999999999, 'Later9999999999999')`);
  expect(await found(home)).toMatchObject({ database: [true, text(/PostgreSQL 18/)], schema: [false, text(/newer than this elucidate: it has Later9999999999999/)], artifacts: [true, text(/can be written/)] });
  await db.query('drop database if exists gone');
  Object.assign(process.env, { DATABASE_URL: database.url.replace(/\/[^/]*$/, '/gone') });
  expect(await found(home)).toMatchObject({ database: [false, text(/database "gone" does not exist/)] });
  await db.destroy();
  await database.stop();

  writeFileSync(join(folder, 'file'), '');
  chmodSync(join(folder, 'file'), 0o400);
  expect(await found(homeAt(folder, join(folder, 'file')))).toMatchObject({ artifacts: [false, text(/file/)] });
});

if (!hasPgBouncer) console.warn('doctor: PgBouncer is not tested here: no pgbouncer on PATH or in /usr/sbin (apt-get install pgbouncer)');
(hasPgBouncer ? test : test.skip)('a pooler in transaction mode is reported, with what the role lacks', async () => {
  delete process.env['DATABASE_URL'];
  const database = await openDatabase(homeAt(folder), () => undefined);
  const pooler = await startPgBouncer(database.url, 'transaction');
  process.env['DATABASE_URL'] = pooler.url;
  expect(await found()).toMatchObject({ database: [false, text(/pooler in transaction mode(.|\n)*alter role .* set idle_in_transaction_session_timeout = '30s'/)] });
  pooler.stop();
  await database.stop();
});

import { createTestDatabase } from '@elucidate/embedded/test-database';
import { migrationNames } from '@elucidate/migrations/all';
import { connect, migrationsTable } from './data-source.js';
import { migrate, requireCurrentSchema } from './migrate.js';

test('two processes that migrate at once both succeed, and each migration runs once', async () => {
  const database = await createTestDatabase();
  const applied = await Promise.all([migrate(database.url), migrate(database.url)]);
  expect(applied.flat()).toEqual(migrationNames);
  expect(await migrate(database.url)).toEqual([]);
  await database.drop();
});

import { createTestDatabase, type TestDatabase } from '@elucidate/embedded/test-database';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp } from './app-process.js';
import { elucidateIn } from './elucidate-command.js';

let database: TestDatabase;
let home: string;
beforeAll(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'elucidate-keys-'));
});
afterAll(async () => {
  await database.drop();
  await rm(home, { recursive: true, force: true });
});

const elucidate = (args: readonly string[], env: Record<string, string>) => elucidateIn(home)(args, env);

test('a key made on the database opens an API on a network to its owner: they submit, see and cancel their sweep, and nobody else\'s', async () => {
  const here = { DATABASE_URL: database.url };
  const keyOf = async (owner: string, ...more: string[]) => (await elucidate(['key', 'create', '--owner', owner, ...more], here)).out.trim();
  const [ann, bob] = [await keyOf('ann'), await keyOf('bob', '--scope', 'read', '--note', 'the wall display')];
  const api = await startApp<{ type: 'listening'; url: string }>('api', { env: { ...process.env, ...here, ELUCIDATE_HOME: home, PORT: '0', HOST: '0.0.0.0', REDIS_URL: '' } });
  try {
    const as = (ELUCIDATE_KEY: string) => ({ ELUCIDATE_API: api.ready.url, ELUCIDATE_KEY });
    const spec = join(home, 'sweep.yaml');
    await writeFile(spec, 'name: keyed\ndataset: { name: fashion-mnist, resolution: 16 }\n');
    const refused = await elucidate(['submit', spec], as(''));
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('ELUCIDATE_KEY')]);
    const { id, owner } = JSON.parse((await elucidate(['submit', spec, '--json'], as(ann))).out) as { id: string; owner: string };
    expect(owner).toBe('ann');
    expect((await elucidate(['status'], as(ann))).out).toContain(id);
    expect((await elucidate(['status'], as(bob))).out).toMatch(/^No sweeps yet/);
    expect((await elucidate(['cancel', id], as(bob))).code).toBe(2);
    expect((await elucidate(['cancel', id], as(ann))).code).toBe(0);
    expect((await elucidate(['status', '--local'], here)).out).toContain(id);
    const asked = await elucidate(['delete', id], as(ann));
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('add --yes to delete')]);
    expect((await elucidate(['delete', id, '--yes'], as(bob))).code).toBe(2);
    expect(JSON.parse((await elucidate(['delete', id, '--yes', '--json'], as(ann))).out)).toEqual({ id, stages: expect.any(Number) as number });
    expect((await elucidate(['status', '--local'], here)).out).not.toContain(id);
    const prune = await elucidate(['prune', '--json'], as(ann));
    expect([prune.code, prune.err]).toEqual([2, expect.stringContaining('needs admin')]);
    expect(JSON.parse((await elucidate(['prune', '--json'], as(await keyOf('root', '--scope', 'admin')))).out)).toMatchObject({ removed: false, events: 0 });
    expect((await elucidate(['key', 'list'], here)).out).toMatch(/^id +scope +created +owner\n/);
    const list = JSON.parse((await elucidate(['key', 'list', '--json'], here)).out) as { id: string; owner: string; scope: string; note: string | null }[];
    expect(list.map((key) => [key.owner, key.scope, key.note])).toEqual([['ann', 'submit', null], ['bob', 'read', 'the wall display'], ['root', 'admin', null]]);
    expect((await elucidate(['key', 'revoke', list[0]!.id], here)).code).toBe(0);
    expect((await elucidate(['status'], as(ann))).err).toMatch(/^The key is unknown or revoked/);
  } finally {
    await api.end('SIGTERM');
  }
});

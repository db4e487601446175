import { useDatabase } from '../test-store.fixture.js';
import { createApiKey, hasApiKeys, listApiKeys, principalOfKey, revokeApiKey } from './api-keys.js';

const store = useDatabase();

test('a key stands for its owner and scope until it is revoked; the database has only its hash, and knows that there were keys', async () => {
  expect(await hasApiKeys(store.db)).toBe(false);
  const { key, ...made } = await createApiKey(store.db, { owner: 'ann', scope: 'submit', note: 'laptop' });
  expect(key).toMatch(new RegExp(`^elu_${made.id}_[\\w-]{43}$`));
  expect(await principalOfKey(store.db, key)).toEqual({ id: 'ann', scope: 'submit' });
  expect(await listApiKeys(store.db)).toEqual([made]);
  expect(JSON.stringify(await store.db.query('select * from api_keys'))).not.toContain(key.slice(-43));
  const revoked = await revokeApiKey(store.db, made.id);
  expect(revoked.revokedAt).not.toBeNull();
  expect(await revokeApiKey(store.db, key)).toEqual(revoked);
  expect([await principalOfKey(store.db, key), await hasApiKeys(store.db)]).toEqual([null, true]);
});

test('a wrong key stands for nobody, an unknown one cannot be revoked, and an owner needs a name', async () => {
  const { key } = await createApiKey(store.db, { owner: 'bob', scope: 'read' });
  for (const wrong of ['', key.slice(0, -1), `${key}x`, key.toUpperCase(), "' or true --"]) expect(await principalOfKey(store.db, wrong)).toBeNull();
  await expect(revokeApiKey(store.db, 'ffffffff')).rejects.toMatchObject({ code: 'not_found' });
  for (const owner of ['', 'a b', '\0', 'x'.repeat(65), '\u202eann']) await expect(createApiKey(store.db, { owner, scope: 'read' })).rejects.toMatchObject({ code: 'request.invalid' });
});

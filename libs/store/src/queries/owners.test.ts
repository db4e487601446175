import { useDatabase } from '../test-store.fixture.js';
import { createApiKey } from './api-keys.js';
import { listOwners, weighOwner } from './owners.js';

const store = useDatabase();

test('owners are those with a sweep or a key, of weight 1 until it is changed; nobody else has one', async () => {
  await createApiKey(store.db, { owner: 'bob', scope: 'submit' });
  await store.db.query(`insert into sweeps (id, name, owner, state, spec, spec_hash) values ('s', 's', 'ann', 'running', '{}', 'h')`);
  expect(await listOwners(store.db)).toEqual([{ owner: 'ann', weight: 1, running: 1 }, { owner: 'bob', weight: 1, running: 0 }]);
  expect(await weighOwner(store.db, 'bob', 3)).toEqual({ owner: 'bob', weight: 3, running: 0 });
  await store.db.query(`update owner_shares set tag = 5, turns = 2 where owner = 'bob'`);
  expect(await weighOwner(store.db, 'bob', 0.5)).toMatchObject({ weight: 0.5 });
  expect(await store.db.query('select owner, weight, tag, turns::int from owner_shares')).toEqual([{ owner: 'bob', weight: 0.5, tag: 5, turns: 2 }]);
  await expect(weighOwner(store.db, 'bobb', 2)).rejects.toMatchObject({ code: 'not_found' });
  expect(await listOwners(store.db)).toHaveLength(2);
});

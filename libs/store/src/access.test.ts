import { may, sees, visibleOwner } from './access.js';
import { localPrincipal, scopes, type Scope } from './principal.js';

const ann = (scope: Scope) => ({ id: 'ann', scope });

test.each(scopes.map((scope, rank) => [scope, scopes.slice(0, rank + 1)] as const))('%s may %j and nothing more', (scope, allowed) => {
  expect(scopes.filter((needed) => may(ann(scope), needed))).toEqual(allowed);
});

test('an owner sees their own and what is the installation\'s; admins, and the command line on its own database, see all', () => {
  const owners = ['ann', 'bob', null];
  expect(owners.filter((owner) => sees(ann('submit'), owner))).toEqual(['ann', null]);
  expect(owners.filter((owner) => sees(ann('admin'), owner))).toEqual(owners);
  expect([visibleOwner(ann('read')), visibleOwner(localPrincipal)]).toEqual(['ann', null]);
});

import { parseRoute, withQuery } from '../../route/route.js';
import { ariaSortOf, nextSorted, sortedOf } from './sorted.js';

test('a click on the head of a column sorts by it, the next turns it around, the third leads back to the ranks; the address says which', () => {
  let { query } = parseRoute('#/sweeps/3f2a/leaderboard?metric=kid');
  const seen = [1, 2, 3].map(() => {
    query = withQuery(query, nextSorted(sortedOf(query), 'nfe'));
    return [query.toString(), ariaSortOf(sortedOf(query), 'nfe'), ariaSortOf(sortedOf(query), undefined)];
  });
  expect(seen).toEqual([
    ['metric=kid&sort=nfe', 'ascending', 'none'],
    ['metric=kid&sort=nfe&order=descending', 'descending', 'none'],
    ['metric=kid', 'none', 'ascending'],
  ]);
});

test('another column is sorted from its least on, and the ranks are the order without any', () => {
  const descending = sortedOf(new URLSearchParams('sort=nfe&order=descending'));
  expect(nextSorted(descending, 'steps')).toEqual({ sort: 'steps', order: null });
  expect(nextSorted(descending, undefined)).toEqual({ sort: null, order: null });
  expect(ariaSortOf(descending, 'steps')).toBe('none');
});

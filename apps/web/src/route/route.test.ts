import fc from 'fast-check';
import { hrefOf, parseRoute, withQuery } from './route.js';

test('an address says again what it was made of, whatever names and labels are', () => {
  const part = fc.string({ minLength: 1 }).filter((text) => !/\p{Surrogate}/u.test(text));
  fc.assert(fc.property(fc.array(part), fc.dictionary(part, part), (path, values) => {
    const { path: parsed, query } = parseRoute(hrefOf(path, values));
    expect(parsed).toEqual(path);
    expect(Object.fromEntries(query)).toEqual({ ...values });
  }), { seed: 16 });
});

test('a choice replaces its own values and leaves the others; none, or an empty one, removes it', () => {
  const { query } = parseRoute('#/sweeps/3f2a/plot?x=steps&fixed=sampler:heun&fixed=n:2');
  expect(withQuery(query, { x: 'inputScale' }).toString()).toBe('fixed=sampler%3Aheun&fixed=n%3A2&x=inputScale');
  expect(withQuery(query, { fixed: ['sampler:ddim'] }).getAll('fixed')).toEqual(['sampler:ddim']);
  expect(withQuery(query, { x: '', fixed: null }).toString()).toBe('');
});

test('an address that somebody mistyped names a page that is not there, and is no error', () => {
  expect(parseRoute('#/%E0%A4%A/plot').path).toEqual(['%E0%A4%A', 'plot']);
  expect(parseRoute('').path).toEqual([]);
});

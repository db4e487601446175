import { renderHome } from './home.js';

test('the home page names every route, links those that can be opened, and says what to do first', () => {
  const routes = [{ method: 'get', path: '/v1/sweeps', summary: 'Sweeps' }, { method: 'get', path: '/v1/sweeps/{id}', summary: 'One' }];
  const text = renderHome({ routes, sweeps: [] });
  expect(text).toContain('href="/v1/sweeps"');
  expect(text).not.toContain('href="/v1/sweeps/{id}"');
  expect(text).toContain('No sweep yet');
});

import { printed } from '@elucidate/shell/printed.fixture';
import { parseOptions } from './options.js';
import { rowIds } from './row-table.js';

const text = printed();

test('all rows, in the order of the table', () => {
  expect(parseOptions([])).toEqual({ rows: rowIds, short: false, json: false });
  expect(parseOptions(['--rows', 'optuna,redis-100k,redis-1k', '--json', '--short'])).toEqual({ rows: ['redis-1k', 'redis-100k', 'optuna'], short: true, json: true });
});

test('the short run has both queues and all peers, but no sweep of 100,000 cells', () => {
  const { rows } = parseOptions(['--short']);
  expect(rowIds.filter((id) => !rows.includes(id))).toEqual(['redis-100k', 'redis-100k-90', 'redis-beside-100k', 'postgres-100k', 'postgres-100k-90', 'postgres-beside-100k']);
});

test('an unknown row is refused, and the known ones are named', () => {
  expect(() => parseOptions(['--rows', 'redis-2k'])).toThrow(expect.objectContaining({ exitCode: 1 }));
  expect(text()).toContain('redis-1k, redis-10k');
});

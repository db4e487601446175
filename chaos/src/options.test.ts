import { parseOptions } from './options.js';
import { scenarios } from './scenario-table.js';

test('every scenario has an id of its own, and the short form has each at most once', () => {
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length);
  const short = parseOptions(['--short'], scenarios).scenarios;
  expect(short.length).toBeGreaterThan(9);
  for (const { queues } of short) expect(queues).toHaveLength(1);
});

test('scenarios are chosen by id; the queue can be narrowed', () => {
  const { scenarios: chosen, queues, repeat, seed, atOnce } = parseOptions(['--scenario', 'R1,W3', '--queue', 'redis', '--repeat', '20', '--seed', '7', '--at-once', '2'], scenarios);
  expect([chosen.map(({ id }) => id), queues, repeat, seed, atOnce]).toEqual([['W3', 'R1'], ['redis'], 20, 7, 2]);
});

test('an unknown scenario is refused', () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(() => parseOptions(['--scenario', 'X9'], scenarios)).toThrow('"X9" is none of');
  write.mockRestore();
});

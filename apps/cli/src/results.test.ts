import type { AblationTable, LeaderboardGroup } from '@elucidate/experiment/tables';
import type { Answers } from './answers.js';
import { resultsOf } from './results.js';

const entry = { mean: 1, stddev: null, min: 1, max: 1, count: 1, diverged: 0, n: 64, real: null };

test('a table with a single number is no result, one that compares two is', async () => {
  const rows = [{ config: { steps: 5, dropout: 0 } }, { config: { steps: 10, dropout: 0.1 } }];
  const cellsOf = (name: string): AblationTable['cells'] => (name === 'sampler' ? [[entry, null]] : [[entry], [entry]]);
  const answers = {
    sweep: () => Promise.resolve({ id: 's', stages: {} }),
    leaderboard: () => Promise.resolve([{ rows }] as unknown as LeaderboardGroup[]),
    table: (_: string, { name }: { name: string }) => Promise.resolve({ name, cells: cellsOf(name) }),
  } as unknown as Answers;
  const { tables } = await resultsOf(answers, 's');
  expect(tables.map(({ name }) => name)).toEqual(['dropout-by-steps']);
});

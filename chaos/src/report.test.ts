import { summariesOf, tableOf } from './report.js';
import type { Run } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import type { Row } from './suite.js';

const scenario: Scenario = { id: 'X1', title: 'a fault', queues: ['postgres', 'redis'], fault: async () => ({ effect: () => null }) };
const run = (more: Partial<Run> = {}): Run => ({ lost: 0, duplicated: 0, wrong: 0, refused: 0, recoverMs: 1000, wastedMs: 2000, problems: [], notes: [], effect: 'something happened', ...more });
const row = (...runs: Run[]): Row => ({ scenario, queue: 'postgres', runs });

test('runs on both queues are added up', () => {
  const rows = [row(run(), run({ recoverMs: 3000, wastedMs: 6000, refused: 1 })), { ...row(run({ recoverMs: null })), queue: 'redis' as const }];
  expect(summariesOf(rows)).toEqual([{
    id: 'X1', title: 'a fault', runs: { postgres: 2, redis: 1 }, withoutEffect: 0, lost: 0, duplicated: 0, wrong: 0, refused: 1,
    medianRecoverS: 3, maxRecoverS: 3, wastedS: 3.3, ok: true, problems: [], notes: [],
  }]);
  expect(tableOf(summariesOf(rows))).toContain('| X1 | a fault | 2 postgres, 1 redis | 0 | 0 | 0 | 1 | 3 / 3 | 3.3 | yes |');
});

test.each<[string, Run[], { ok: boolean; runs: number; withoutEffect: number }]>([
  ['a fault that took hold', [run()], { ok: true, runs: 1, withoutEffect: 0 }],
  ['a fault that took hold at the second try', [run({ effect: null }), run()], { ok: true, runs: 1, withoutEffect: 1 }],
  ['a fault that never took hold', [run({ effect: null })], { ok: false, runs: 0, withoutEffect: 1 }],
  ['a loss in a run whose fault took no hold', [run({ effect: null, lost: 1 }), run()], { ok: false, runs: 1, withoutEffect: 1 }],
  ['a promise that was not kept', [run({ problems: ['it hung'] })], { ok: false, runs: 1, withoutEffect: 0 }],
])('%s', (_, runs, expected) => {
  const [summary] = summariesOf([row(...runs)]);
  expect({ ...summary, runs: summary?.runs['postgres'] }).toMatchObject(expected);
});

test('a scenario that was skipped says why, and is not one that failed', () => {
  const [summary] = summariesOf([{ ...row(), skipped: 'needs root' }]);
  expect(summary).toMatchObject({ ok: true, runs: {}, skipped: 'needs root' });
  expect(tableOf([summary!])).toContain('skipped: needs root');
});

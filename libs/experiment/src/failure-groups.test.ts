import { failureLines, renderFailures, type FailureGroup } from './failure-groups.js';

const group: FailureGroup = {
  fingerprint: '0123456789ab', code: 'stage.diverged', stages: 12, attempts: 14, states: { failed: 10, done: 2 }, notRun: 30, kinds: { train: 9, sample: 3 },
  workers: Array.from({ length: 7 }, (_, i) => ({ id: `w${i}`, host: 'h', version: '0.1.0', attempts: 2 })), workerCount: 7,
  firstAt: '2026-11-27T15:00:00.000Z', lastAt: '2026-11-27T15:09:00.000Z',
  example: { stageId: '3f2a9c01'.repeat(8), token: 2, kind: 'train', workerId: 'w1', message: 'The loss became NaN at step 7; lower learningRate' },
  common: [{ parameter: 'schedule', value: { kind: 'cosine', start: 0, end: 1, tau: 1 } }, { parameter: 'steps', value: 5 }],
  blame: 'cell', because: 'failed on w1, w2, done on none', remedy: 'change these cells',
};
const cleared = { sweepId: 's1', groups: [group], cut: false };

test('a group is shown with its error, numbers, blame, what its stages have in common, and where its log is', () => {
  expect(renderFailures(cleared)).toBe(`1. stage.diverged (0123456789ab)
   The loss became NaN at step 7; lower learningRate
   stages    9 train, 3 sample stages, by now 10 failed, 2 done; 30 others not run because of them
   attempts  14 on 7 workers: w0 (2), w1 (2), w2 (2), w3 (2), w4 (2) ...
   when      2026-11-27T15:00:00.000Z to 2026-11-27T15:09:00.000Z
   in common schedule cosine(0, 1, 1), steps 5; no done stage has any of these
   blame     cell: failed on w1, w2, done on none
   remedy    change these cells
   log       elucidate logs 3f2a9c01 --attempt 2`);
  expect(failureLines(cleared)).toEqual(['9 train, 3 sample stages failed, stage.diverged, blame: cell: The loss became NaN at step 7; lower learningRate']);
  expect(renderFailures({ ...cleared, groups: [] })).toBe('No stage of sweep s1 has failed.');
  expect(renderFailures({ ...cleared, cut: true })).toContain('more failures than were looked at');
});

test('whatever an error, a worker or a value is called, nothing of it acts on a terminal', () => {
  const hostile = 'x\x1b[2J\x9b31m\u202e\r';
  const attacked = { ...cleared, groups: [{ ...group, code: hostile, fingerprint: hostile, because: hostile, example: { ...group.example, message: `${hostile}\n${hostile}` }, workers: [{ ...group.workers[0]!, id: hostile }], common: [{ parameter: hostile, value: hostile }] }] };
  for (const text of [renderFailures(attacked), ...failureLines(attacked)]) {
    expect(text).toContain('x\\x1b[2J\\x9b31m\\u202e\\x0d');
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
  }
});

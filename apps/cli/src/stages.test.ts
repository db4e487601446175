import type { ListedStage } from '@elucidate/store/queries/stages';
import { renderStages } from './commands/stages.js';
import { everyPage } from './every-page.js';

const stage = (given: Partial<ListedStage>): ListedStage => ({
  id: 'c0bfad87278ddddf', kind: 'train', state: 'waiting', codeVersion: 1, work: 1, countedAttempts: 0, workerId: null, progress: null, previewAt: null, error: null, createdAt: '2026-11-27T10:00:00.000Z', startedAt: null, endedAt: null, ...given,
});
const started = { workerId: 'gpu-1', startedAt: '2026-11-27T10:00:00.000Z' };

test('a stage is one line: id, kind, state, time, worker, what decides it, and what it does or why it failed', () => {
  const lines = renderStages([
    stage({ state: 'done', ...started, endedAt: '2026-11-27T10:01:15.000Z' }),
    stage({ state: 'running', ...started, countedAttempts: 1, progress: { fraction: 0.5, note: 'step 32 of 64' } as ListedStage['progress'] }),
    stage({ kind: 'score', state: 'failed', ...started, endedAt: '2026-11-27T10:00:01.000Z', countedAttempts: 3, error: { code: 'stage.failed', message: 'no such layer\n  at score.ts:3' } }),
    stage({ kind: 'sample', values: { schedule: 'cosine(0, 1, 1)', steps: '5', trainSeed: '2' } }),
  ], Date.parse('2026-11-27T10:00:30.000Z')).split('\n');
  expect(lines).toEqual([
    'c0bfad87  train        done            1:15  gpu-1',
    'c0bfad87  train        running         0:30  gpu-1  1 failed; step 32 of 64',
    'c0bfad87  score        failed          0:01  gpu-1  3 failed; stage.failed: no such layer',
    'c0bfad87  sample       waiting                      schedule cosine(0, 1, 1), steps 5, trainSeed 2',
  ]);
});

test('the pages of a long sweep are read to the last', async () => {
  const pages = [{ stages: [stage({ id: 'a' }), stage({ id: 'b' })], nextCursor: '2' }, { stages: [stage({ id: 'c' })], nextCursor: null }];
  expect((await everyPage((cursor) => Promise.resolve(pages[cursor === undefined ? 0 : 1]!), ({ stages }) => stages)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
});

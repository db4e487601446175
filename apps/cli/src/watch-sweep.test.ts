import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageSummary } from '@elucidate/store/queries/stages';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from './answers.js';
import { watchSweep, watchToResults } from './watch-sweep.js';

const wait = { kind: 'train' as const, stages: 3, reason: 'no live worker takes train stages: w is quarantined, 5 different stages failed here in a row' };

/** A sweep that is seen so, poll by poll, and at last is done. */
function answersWith(...seen: { waits: (typeof wait)[]; running: number }[]): Answers {
  const all = [...seen];
  let now = all[0]!;
  return {
    sweep: () => {
      now = all.shift() ?? now;
      return Promise.resolve({ id: 's1', state: all.length > 0 ? 'running' : 'done', kinds: [], stages: {}, spec: {}, waits: now.waits } as unknown as SweepDetail);
    },
    running: () => Promise.resolve(Array.from({ length: now.running }, () => ({ id: '3f2a9c01', kind: 'score', progress: null }) as StageSummary)),
  } as unknown as Answers;
}

const options = { signal: new AbortController().signal, quiet: true };
const stuck = { waits: [wait], running: 0 };

test('a watch gives up when nothing runs and no worker can run what is left, and says why', async () => {
  await expect(watchSweep(answersWith(stuck, stuck, stuck, stuck, stuck, stuck), 's1', { ...options, stuckMs: 900 })).rejects.toMatchObject({
    code: 'stage.failed', message: expect.stringMatching(/^Sweep s1 cannot go on, nothing runs:\n {2}waits: 3 train stages: no live worker .*quarantined.*\nPut that in order/) as string,
  });
});

test.each([
  ['it may wait for ever', {}, [stuck, stuck, stuck, stuck, stuck]],
  ['something runs', { stuckMs: 900 }, Array.from({ length: 5 }, () => ({ waits: [wait], running: 1 }))],
  ['it waits only now and then', { stuckMs: 900 }, [stuck, { waits: [], running: 0 }, stuck, { waits: [], running: 0 }, stuck]],
])('a watch goes on while %s', async (_, over, seen) => {
  expect((await watchSweep(answersWith(...seen), 's1', { ...options, ...over })).state).toBe('done');
});

test('a watch whose database is killed at its first look, again while it ends, and before its results, has the results', async () => {
  const killed = Object.assign(new Error('terminating connection due to unexpected postmaster exit'), { code: '57P01' });
  const asked = answersWith({ waits: [], running: 1 }, { waits: [], running: 0 });
  const leaderboard: Answers['leaderboard'] = () => Promise.resolve([]);
  const calls = { sweep: 0, leaderboard: 0 };
  const answers = {
    ...asked, tables: () => Promise.resolve([]), ladder: () => Promise.resolve(null),
    sweep: (id: string) => ([1, 3].includes(++calls.sweep) ? Promise.reject(killed) : asked.sweep(id)),
    leaderboard: (id: string) => (++calls.leaderboard === 1 ? Promise.reject(killed) : leaderboard(id)),
  } as unknown as Answers;
  const { ended, results } = await watchToResults(answers, 's1', options);
  expect([ended.state, results.sweep.state, results.leaderboard, calls.leaderboard]).toEqual(['done', 'done', [], 2]);
});

test.each([
  ['the sweep does not exist', 'not_found', new AbortController().signal],
  ['it is stopped while nobody answers', 'stop', AbortSignal.timeout(100)],
])('a watch ends when %s', async (_, code, signal) => {
  const error = code === 'stop' ? new ElucidateError('api.unreachable', 'no API') : new ElucidateError('not_found', 'no sweep');
  const answers = { ...answersWith(stuck), sweep: () => Promise.reject(error) } as unknown as Answers;
  await expect(watchToResults(answers, 's1', { ...options, signal })).rejects.toMatchObject(code === 'stop' ? { name: 'TimeoutError' } : { code });
});

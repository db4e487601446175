import type { WorkerProblem } from '@elucidate/store/entities/worker';
import { useTestStore } from './store.fixture.js';
import { showWorker } from './worker-row.js';

const database = useTestStore();

test('a worker whose problems change is an event; one that tries again in vain, later or for another reason, is none', async () => {
  const problem: WorkerProblem = { kinds: ['train'], code: 'disk.full', message: 'No space for 2 MiB', since: '2026-01-02T03:04:05.000Z', until: '2026-01-02T03:04:07.000Z' };
  const other: WorkerProblem = { kinds: ['score'], code: 'code.absent', message: 'Not there', since: problem.since };
  const events: number[] = [];
  for (const setAside of [
    [problem],
    [{ ...problem, until: '2026-01-02T03:04:11.000Z' }],
    [{ ...problem, message: 'No space for 1 MiB' }],
    [problem, other],
    [{ ...problem, kinds: [] }, other],
    [],
    [],
  ] satisfies WorkerProblem[][]) {
    await showWorker(database.store.db, { id: 'w', engine: 'test', kinds: ['train', 'score'], concurrency: 1, version: null, done: 0, setAside });
    const recorded = await database.query<{ type: string }>('select type from events order by position');
    expect(recorded[0]).toEqual({ type: 'worker.joined' });
    expect(recorded.slice(1).every(({ type }) => type === 'worker.changed')).toBe(true);
    events.push(recorded.length);
  }
  expect(events).toEqual([1, 1, 1, 2, 3, 4, 4]);
});

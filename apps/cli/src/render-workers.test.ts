import type { WorkerRow } from '@elucidate/store/queries/workers';
import { renderWorkers } from './render-workers.js';

const worker: WorkerRow = {
  id: 'gpu-03-4711-a1b2c3', host: 'gpu-03', pid: 4711, engine: 'simd, 8 threads', version: '0.1.0+3f2a9c01', kinds: ['train', 'sample'], concurrency: 2, state: 'active', failures: 0,
  setAside: [{ kinds: ['train'], code: 'disk.full', message: 'No space left', since: '2026-11-27T15:00:00.000Z', until: '2026-11-27T15:06:00.000Z' }], releasing: [], done: 12, failed: 3,
  startedAt: '2026-11-27T09:00:00.000Z', seenAt: '2026-11-27T15:05:00.000Z', late: false, running: [{ id: '5e'.repeat(32), kind: 'sample', startedAt: '2026-11-27T15:04:00.000Z' }],
};
const now = Date.parse('2026-11-27T15:05:08Z');

test('a worker that is there is shown with all that is known of it, and one that is gone in a line', () => {
  expect(renderWorkers([worker, { ...worker, id: 'old', state: 'gone', version: null }], now)).toBe(`gpu-03-4711-a1b2c3  active, seen 8 s ago
  gpu-03, pid 4711, 2 at once, simd, 8 threads, version 0.1.0+3f2a9c01
  takes train, sample; since 2026-11-27 09:00:00 12 done, 3 failed
  runs sample 5e5e5e5e since 2026-11-27 15:04:00
  set aside for train since 2026-11-27 15:00:00, looks again at 2026-11-27 15:06:00: disk.full: No space left
  once that is in order: elucidate workers release gpu-03-4711-a1b2c3

old  gone; there from 2026-11-27 09:00:00 to 2026-11-27 15:05:00, 12 done, 3 failed, version unknown`);
  expect(renderWorkers([], now)).toContain('elucidate worker');
});

test.each<[string, Partial<WorkerRow>, string]>([
  ['quarantined', { state: 'quarantined', setAside: [{ ...worker.setAside[0]!, kinds: worker.kinds, until: undefined } as unknown as WorkerRow['setAside'][number]] }, 'quarantined since 2026-11-27 15:00:00, until it is released or started again'],
  ['set aside for all kinds', { setAside: [{ ...worker.setAside[0]!, kinds: worker.kinds }] }, 'set aside for all kinds since'],
  ['without a data set', { setAside: [{ ...worker.setAside[0]!, kinds: [] }] }, 'lacks a data set since'],
  ['without what a program needs', { setAside: [{ kinds: [], code: 'program.needs_missing', message: 'no python3', since: worker.startedAt, program: 'ab'.repeat(32) }] }, 'lacks what program abababab needs since 2026-11-27 09:00:00, looks again with its next stage: program.needs_missing: no python3'],
  ['being released', { releasing: ['train'] }, 'asked to take train again'],
  ['last seen an hour ago', { seenAt: '2026-11-27T11:00:00.000Z', late: true }, 'seen 4 h ago, late'],
])('a worker that is %s', (_, over, text) => {
  expect(renderWorkers([{ ...worker, ...over }], now)).toContain(text);
});

test('why a machine has no other engine is said once, with the workers that differ', () => {
  const engine = 'simd 1, 8 threads, EPYC: first that is here; not tensorflow: no package; not webgpu: no adapter';
  const shown = renderWorkers([{ ...worker, engine, setAside: [] }, { ...worker, id: 'other', engine: 'simd 1, 8 threads, EPYC: first that is here; not tensorflow: no package', setAside: [] }], now);
  expect(shown.match(/2 at once, simd 1, 8 threads, EPYC, version/g)).toHaveLength(2);
  expect(shown).toMatch(/\n\nengine not used: tensorflow: no package\nengine not used: webgpu: no adapter \(gpu-03-4711-a1b2c3\)$/);
});

test('whatever a machine is called, its name does not act on a terminal', () => {
  const hostile = 'x\x1b[2J\x9b\u202e';
  const shown = renderWorkers([{ ...worker, id: hostile, host: hostile, engine: hostile, version: hostile, setAside: [{ ...worker.setAside[0]!, message: hostile }] }], now);
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openResults, type RecordedRun } from './results-file.js';

const folder = mkdtempSync(join(tmpdir(), 'elucidate-results-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (more: Partial<RecordedRun> = {}): RecordedRun => ({
  id: 'W1', queue: 'redis', seed: 1, round: 1, attempt: 1, at: '2026-01-01T00:00:00Z', load: 1,
  lost: 0, duplicated: 0, wrong: 0, refused: 0, recoverMs: null, wastedMs: 0, problems: [], notes: [], effect: null, ...more,
});

test('runs are found again by those who open the file later, by round and by scenario', () => {
  const file = join(folder, 'runs.jsonl');
  const [first, second, other] = [run(), run({ seed: 2 }), run({ id: 'W2' })];
  const results = openResults(file);
  for (const one of [first, second, other]) results.add(one);
  for (const opened of [results, openResults(file)]) {
    expect(opened.of(first)).toEqual([first]);
    expect(opened.of({ ...first, round: 2 })).toEqual([]);
    expect(opened.all(first)).toEqual([first, second]);
  }
  expect(openResults().all(first)).toEqual([]);
});

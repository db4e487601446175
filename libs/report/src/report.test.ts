import type { FailureGroup } from '@elucidate/experiment/failure-groups';
import type { Ladder } from '@elucidate/experiment/ladder';
import type { AblationTable, Estimate, LeaderboardGroup, LeaderboardRow } from '@elucidate/experiment/tables';
import { basisOf } from '@elucidate/experiment/basis-words';
import { renderReport } from './report.js';
import type { ReportInput } from './report.js';

const estimate = (mean: number, over: Partial<Estimate> = {}): Estimate => ({ mean, stddev: null, min: mean, max: mean, count: 1, diverged: 0, n: 64, real: 1.5, ...over });

const row = (over: Partial<LeaderboardRow>): LeaderboardRow => ({
  sweepId: 's1', cellId: 'c1', rank: 1, config: { steps: 5 }, metrics: { fid: estimate(12.5, { stddev: 0.25, count: 3 }) },
  n: 64, nfe: 5, evaluator: 'e'.repeat(64), trainSeeds: [1, 2, 3], sampleSeeds: [1], noiseLevelsOutOfRange: null, ...over,
});

const basisFor = (evaluator: string | null) => basisOf({
  metric: 'fid', n: 64, extractor: 'standard', weights: 'abc', trainedOn: 'fashion-mnist', layer: 'pool', features: 64, inputRange: '[-1, 1]', resize: 'none',
  reference: { dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 }, implementation: 2, real: { value: 1.5, n: 64 }, best: 9,
}, evaluator);

const group = (...rows: LeaderboardRow[]): LeaderboardGroup => ({ bases: rows[0]!.evaluator === null ? [] : [basisFor(rows[0]!.evaluator)], evaluator: rows[0]!.evaluator, n: rows[0]!.n, metric: 'fid', rows });

const table: AblationTable = {
  name: 'sampler', sweepId: 's1', metric: 'fid', rowAxis: 'sampler', columnAxis: 'steps', rows: ['heun', 'ddim(eta 0)'], columns: ['5', '10'],
  cells: [[estimate(3.25), null], [null, null]], fixed: { schedule: 'linear' }, choices: { schedule: ['linear', 'cosine(0, 1, 1)'] }, n: 64, evaluator: 'e'.repeat(64), real: 1.5, basis: basisFor('e'.repeat(64)),
};

const input: ReportInput = {
  sweep: { id: 's1', name: '<script>alert(1)</script>', state: 'done', createdAt: '2026-01-01T00:00:00.000Z', endedAt: null, spec: { name: '</pre><script>' }, cells: 5000, stages: { done: 7, failed: 0 } },
  leaderboard: [group(row({})), group(row({ cellId: 'c2', config: { steps: 10 }, metrics: {}, evaluator: null, n: null, rank: null }))],
  pictures: [{ title: 'FID by steps', svg: '<svg>first</svg>' }],
  tables: [table],
  largeTables: [{ name: 'steps-by-sampler', metric: 'kid', rows: 1000, columns: 5 }],
  tablesOf: 30,
  tablesRead: 24,
  effects: null,
  ladder: null,
  charts: [{ title: 'FID of x0-hat', svg: '<svg><script>1</script></svg>' }],
  sheets: [{ caption: 'steps 5', stageId: 'f'.repeat(64), png: Uint8Array.of(1, 2, 3), neighbours: Uint8Array.of(4, 5, 6) }],
  unreadableSheets: 2,
  sheetsCut: true,
  leaderboardCut: true,
  failures: { sweepId: 's1', groups: [], cut: false },
  provenance: [{ kind: 'train', codeVersion: 1, stages: 3, provenance: { engine: 'simd', threads: 1, program: JSON.parse('{"torch": "1.13", "toString": "x"}') as Record<string, string> } }],
};

test('a report needs no other file and runs no script, whatever the sweep is called', () => {
  const text = renderReport(input);
  expect(text).not.toContain('<script');
  expect(text).not.toMatch(/(src|href)="(?!data:)/);
  expect(text).toContain('src="data:image/png;base64,AQID"');
  expect(text).toContain('alt="the nearest training images, steps 5" src="data:image/png;base64,BAUG"');
  expect(text).toContain(`src="data:image/svg+xml;base64,${Buffer.from('<svg><script>1</script></svg>').toString('base64')}"`);
});

test('every score is shown with its n, real-data baseline, evaluator and seeds', () => {
  const text = renderReport(input);
  for (const part of ['12.50 ± 0.25', 'n = 64', 'real-data baseline 1.50', 'evaluator eeeeeeee', '10,000 test images', 'Weak: 64 images do not span 64 features', '3 x 1', '3.25', 'Fixed: schedule linear', 'Other tables: schedule linear or cosine(0, 1, 1).', 'cannot be read: 2', 'lists them all', 'has them all', 'engine simd, threads 1, program (torch 1.13, toString x)', '7 done']) expect(text).toContain(part);
});

test('the pictures of what varies come first, then the tables, then the configurations', () => {
  const text = renderReport(input);
  const places = [Buffer.from('<svg>first</svg>').toString('base64'), '<h2>Ablation tables</h2>', '<h2>Leaderboard</h2>', '<h2>Samples</h2>'].map((part) => text.indexOf(part));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

test('whatever is cut says how much of how much is shown', () => {
  const text = renderReport(input);
  for (const part of ['The first 2 rows of 5000 configurations', 'steps-by-sampler, KID: 1000 rows and 5 columns', 'The first 24 of 30 tables', 'The first 3 sheets, of 5000 cells', '3 of 7 finished stages']) expect(text).toContain(part);
  const whole = renderReport({ ...input, leaderboardCut: false, sheetsCut: false, largeTables: [], tablesRead: 30, sweep: { ...input.sweep, stages: { done: 3 } } });
  expect(whole).not.toMatch(/The first|too many/);
});

test('failures are shown by cause, and nothing that an error says is HTML', () => {
  expect(renderReport(input)).not.toContain('<h2>Failures</h2>');
  const failed: FailureGroup = {
    fingerprint: '0123456789ab', code: 'stage.diverged', stages: 400, attempts: 401, states: { failed: 400 }, notRun: 8, kinds: { train: 400 }, workers: [], workerCount: 3,
    firstAt: '2026-11-27T15:00:00.000Z', lastAt: '2026-11-27T15:09:00.000Z', example: { stageId: 'f'.repeat(64), token: 1, kind: 'train', workerId: 'w', message: '<script>\x1b</script>' },
    common: [{ parameter: 'steps', value: '<script>' }], blame: 'cell', because: '<script>', remedy: '<script>',
  };
  const text = renderReport({ ...input, failures: { sweepId: 's1', groups: [failed], cut: true } });
  expect(text).not.toContain('<script');
  for (const part of ['<h2>Failures</h2>', '400 train stages', '401 attempts on 3 workers', '8 others not run', 'cell: &lt;script&gt;', 'in common: steps &lt;script&gt;', '&lt;script&gt;\\x1b', 'more failures']) expect(text).toContain(part);
});

test('a leaderboard has a column for out-of-range noise levels where a row has any, as the command prints it', () => {
  expect(renderReport(input)).not.toContain('out-of-range noise levels');
  const text = renderReport({ ...input, leaderboard: [group(row({ noiseLevelsOutOfRange: 3 }), row({ cellId: 'c2', config: { steps: 10 }, noiseLevelsOutOfRange: null }))] });
  expect(text).toContain('<th>out-of-range noise levels</th>');
  expect(text).toMatch(/<td class="n">3<\/td><\/tr>[^]*<td class="n">-<\/td><\/tr>/);
});

test('how to reproduce names commands, and no port that may not be the one in use', () => {
  expect(renderReport(input)).toContain('elucidate run --local sweep.json');
  expect(renderReport(input)).not.toMatch(/127\.0\.0\.1/);
});

test('the steps of a sweep that lists its configurations stand before the leaderboard, escaped', () => {
  const step = { cellId: 'c1'.repeat(6), changes: [], mean: 30, interval: null, toPrevious: null, toFirst: null };
  const found: Ladder = { sweepId: 's1', sweepName: 'x', metric: 'fid', shape: 'chain', scale: 'linear', n: 64, evaluator: 'e', basis: basisFor('e'), real: 1.5, incomplete: 0, steps: [step, { ...step, changes: [{ parameter: 'sampler', from: '<b>', to: 'heun' }] }] };
  const text = renderReport({ ...input, ladder: found });
  expect(text).toContain('sampler heun, was &lt;b&gt;');
  expect(text.indexOf('<h2>Step by step</h2>')).toBeLessThan(text.indexOf('<h2>Leaderboard</h2>'));
  expect(renderReport(input)).not.toContain('Step by step');
});

test('rows of different evaluators are in different tables', () => {
  const mixed = renderReport({ ...input, tables: [], leaderboard: [group(row({})), group(row({ cellId: 'c2', config: { steps: 10 }, evaluator: 'a'.repeat(64) }))] });
  expect(mixed.match(/<th>rank<\/th>/g)).toHaveLength(2);
});

test('a table names the scores of another evaluator that it leaves out', () => {
  const basis = { ...basisFor('e'.repeat(64)), leftOut: [{ evaluator: 'a'.repeat(64), n: 32, configurations: 2 }] };
  expect(renderReport({ ...input, tables: [{ ...table, basis }] })).toContain('do not compare: n = 32, evaluator aaaaaaaa: 2 configurations.');
});

test('a sweep that has not ended says so', () => {
  expect(renderReport({ ...input, sweep: { ...input.sweep, state: 'running' } })).toContain('results below are incomplete');
});

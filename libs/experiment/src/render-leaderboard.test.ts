import { leaderboardGroups } from './leaderboard.js';
import { renderLeaderboard } from './render-leaderboard.js';
import type { TableFormat } from './table-text.js';
import type { Estimate, LeaderboardEntry } from './tables.js';

const estimate = (mean: number, over: Partial<Estimate> = {}): Estimate => ({ mean, stddev: 0.4, min: mean - 0.5, max: mean + 0.5, count: 4, diverged: 0, n: 256, real: 1.25, ...over });

const row = (place: number, fid: number, more: Partial<LeaderboardEntry> = {}): LeaderboardEntry => ({
  sweepId: 's1', cellId: `cell${place}`, config: { sampler: { kind: 'heun' }, steps: place * 5, inputScale: 1 },
  metrics: { kid: estimate(0.0123, { stddev: null, min: 0.0123, max: 0.0123, count: 1, real: null }), fid: estimate(fid) },
  n: 256, nfe: 9, evaluator: '0123456789abcdef', trainSeeds: [1, 2], sampleSeeds: [1], noiseLevelsOutOfRange: null, ...more,
});

const render = (rows: LeaderboardEntry[], format: TableFormat, metric?: string) => renderLeaderboard({ groups: leaderboardGroups(rows, metric) }, format);
const table = (text: string) => text.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const rows = [row(1, 9.5), row(2, 10.25)];

it('shows only the parameters in which rows differ, and every metric requested', () => {
  const [header, , first] = table(render(rows, 'markdown'));
  expect(header).toEqual(['rank', 'steps', 'FID', 'best', 'KID', 'n', 'NFE', 'train seeds', 'sample seeds', 'evaluator', 'real FID']);
  expect(first).toEqual(['1', '5', '**9.50 ± 0.40**', '9.00', '0.0123', '256', '9', '1, 2', '1', '01234567', '1.25']);
});

it('shows the best single trial beside the metric that ranks, and its direction', () => {
  const scored = [row(1, 9.5, { metrics: { fid: estimate(9.5), recall: estimate(0.4, { stddev: null }) } }), row(2, 10.25, { metrics: { fid: estimate(10.25), recall: estimate(0.6, { stddev: null }) } })];
  const text = render(scored, 'markdown', 'recall');
  expect(table(text).map((cells) => cells.slice(0, 5))).toEqual([['rank', 'steps', 'FID', 'recall', 'best'], expect.anything(), ['1', '10', '10.25 ± 0.40', '**0.600**', '1.100'], ['2', '5', '9.50 ± 0.40', '0.400', '0.900']]);
  expect(text).toContain('Cells by mean recall, higher is better');
});

it('says what to do for a metric that no cell has', () => {
  const text = render(rows, 'markdown', 'precision');
  expect(text).toContain('Not ranked: no cell has precision, only FID, KID. Add it to evaluate.metrics and run the file again');
  expect(text).not.toContain('Cells by mean');
});

it('lists the parameters in the order of the grammar, whatever the order of keys in the database', () => {
  const varied = [1, 2].map((i) => row(i, 9 + i, { config: { steps: i, zeta: i, sampler: { kind: i === 1 ? 'heun' : 'euler' }, schedule: { kind: i === 1 ? 'linear' : 'cosine' } } }));
  expect(render(varied, 'csv').split('\r\n')[0]).toMatch(/^rank,cell,schedule,sampler,steps,zeta,/);
});

it('prints rows of two evaluators, and of two n, in separate tables', () => {
  for (const other of [{ evaluator: 'fedc' }, { n: 512 }]) {
    const printed = render([row(1, 9.5), row(1, 10.25, other)], 'markdown');
    expect(table(printed).filter(([first]) => first === 'rank')).toHaveLength(2);
    expect(printed).toContain('**9.50 ± 0.40**');
    expect(printed).toContain('**10.25 ± 0.40**');
  }
});

it('prints rows without a result yet below the others', () => {
  const waiting = row(2, 0, { metrics: {}, n: null, nfe: null, evaluator: null });
  expect(render([row(1, 9.5), waiting], 'latex')).toContain('    - & 10 & - & - & - & - & - & 1, 2 & 1 & - & - \\\\');
  expect(render([waiting], 'markdown')).toContain('none has been scored yet');
  expect(render([], 'markdown')).toContain('| rank |');
});

it('prints CSV with one column per number, and the groups as JSON', () => {
  expect(render(rows, 'csv').split('\r\n').slice(0, 2)).toEqual([
    'rank,cell,steps,fid_mean,fid_stddev,fid_min,fid_max,fid_real,kid_mean,kid_stddev,kid_min,kid_max,kid_real,trials,n,nfe,train_seeds,sample_seeds,evaluator,noise_levels_out_of_range',
    '1,cell1,5,9.5,0.4,9,10,1.25,0.0123,,0.0123,0.0123,,4,256,9,1 2,1,0123456789abcdef,',
  ]);
  expect(JSON.parse(render(rows, 'json'))).toEqual({ groups: leaderboardGroups(rows) });
});

it('has a column for out-of-range noise levels, and a note in the caption, if a row has any', () => {
  const [silent, counted] = [[row(1, 9, { noiseLevelsOutOfRange: 0 })], [row(1, 9, { noiseLevelsOutOfRange: 0 }), row(2, 10, { noiseLevelsOutOfRange: 4 })]].map((shown) => render(shown, 'markdown')) as [string, string];
  expect(silent).not.toMatch(/out-of-range/i);
  expect(table(counted).map((cells) => cells.at(-1)).filter((cell) => !cell!.startsWith('--'))).toEqual(['out-of-range noise levels', '0', '4']);
  expect(counted).toContain('outside the range of sigma');
});

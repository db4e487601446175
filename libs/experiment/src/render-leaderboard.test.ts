import { basisOf } from './basis-words.js';
import { leaderboardGroups } from './leaderboard.js';
import { renderLeaderboard } from './render-leaderboard.js';
import type { TableFormat } from './table-text.js';
import type { Choice, Estimate, LeaderboardEntry, LeaderboardGroup, Standing } from './tables.js';

const estimate = (mean: number, over: Partial<Estimate> = {}): Estimate => ({ mean, stddev: 0.4, min: mean - 0.5, max: mean + 0.5, count: 4, diverged: 0, n: 256, real: 1.25, ...over });

const row = (place: number, fid: number, more: Partial<LeaderboardEntry> = {}): LeaderboardEntry => ({
  sweepId: 's1', cellId: `cell${place}`, config: { sampler: { kind: 'heun' }, steps: place * 5, inputScale: 1 },
  metrics: { kid: estimate(0.0123, { stddev: null, min: 0.0123, max: 0.0123, count: 1, real: null }), fid: estimate(fid) },
  n: 256, nfe: 9, evaluator: '0123456789abcdef', trainSeeds: [1, 2], sampleSeeds: [1], noiseLevelsOutOfRange: null, ...more,
});

const render = (rows: LeaderboardEntry[], format: TableFormat, metric?: string) => renderLeaderboard({ groups: leaderboardGroups(rows, metric) }, format);
const table = (text: string) => text.split('\n').filter((line) => line.startsWith('|')).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
const rows = [row(1, 9.5), row(2, 10.25)];

/** As the store gives them: with intervals, and beside the best. */
const sure = (mean: number, half: number): Estimate => estimate(mean, { trials: 4, confidence: { trainingRuns: 2, samples: 2, reach: 'training runs and samples', interval: { low: mean - half, high: mean + half }, bestOfThree: mean - 0.25 } });
const best: Standing = { apart: false, toBest: null };
const beside = (mean: number, apart: boolean): Standing => ({ apart, toBest: { mean, interval: { low: mean - 0.5, high: mean + 0.5 }, trainingRuns: 2, samples: 2, p: apart ? 0.01 : 0.6 } });
const choice: Choice = { among: 3, incomplete: 1, correction: 'Holm', group: 2, runnerUp: { difference: beside(0.75, false).toBest, detectable: 1.5, trainingRuns: 7 } };
const basis = basisOf({
  metric: 'fid', n: 256, extractor: 'standard', weights: 'abc', trainedOn: 'fashion-mnist', layer: 'pool', features: 64, inputRange: '[-1, 1]', resize: 'none',
  reference: { dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 }, implementation: 2, real: { value: 1.25, n: 256 }, best: 9,
}, '0123456789abcdef');
const group: LeaderboardGroup = {
  bases: [basis],
  evaluator: '0123456789abcdef', n: 256, metric: 'fid', choice,
  rows: [
    { ...row(1, 0), metrics: { fid: sure(9.5, 0.75) }, rank: 1, standing: best },
    { ...row(2, 0), metrics: { fid: sure(10.25, 1) }, rank: 2, standing: beside(0.75, false) },
    { ...row(3, 0), metrics: { fid: sure(14, 1) }, rank: 3, standing: beside(4.5, true) },
    { ...row(4, 0), metrics: { fid: { ...sure(8, 1), count: 3, diverged: 1 } }, rank: null, notRanked: '1 of 4 diverged' },
  ],
};

it('shows mean and interval, the difference to the best, the best of three and the seeds; in bold the group that cannot be told apart from the best', () => {
  const [header, , ...shown] = table(renderLeaderboard({ groups: [group] }, 'markdown'));
  expect(header).toEqual(['rank', 'steps', 'FID', 'less the best', 'best of 3', 'not ranked', 'n', 'NFE', 'train x sample seeds', 'evaluator', 'real FID']);
  expect(shown.map((cells) => cells.slice(0, 6))).toEqual([
    ['1', '5', '**9.50** [8.75, 10.25]', '-', '9.25', ''],
    ['2', '10', '**10.25** [9.25, 11.25]', '+0.75 [+0.25, +1.25]', '10.00', ''],
    ['3', '15', '14.00 [13.00, 15.00]', '+4.50 [+4.00, +5.00]', '13.75', ''],
    ['-', '20', '8.00 [7.00, 9.00]', '-', '7.75', '1 of 4 diverged'],
  ]);
  expect(shown[0]!.slice(6)).toEqual(['256', '9', '2 x 1', '01234567', '1.25']);
});

it('has no column of which metrics are computed: sweeps that score a configuration by more than others do not vary it', () => {
  const also = rows.map((one, index) => ({ ...one, sweepId: `s${index}`, config: { ...one.config, trajectory: index === 1, metrics: index === 0 ? ['fid'] : ['fid', 'kid'] } }));
  expect(table(render(also, 'markdown'))[0]!.slice(0, 4)).toEqual(['rank', 'sweep', 'steps', 'FID']);
  expect(render(also, 'csv').split(',').slice(0, 4)).toEqual(['rank', 'cell', 'steps', 'fid_mean']);
});

it('says among how many the best was chosen, how large the group is, what could have been seen, and what would settle it', () => {
  const text = renderLeaderboard({ groups: [group] }, 'latex');
  for (const words of [
    'chosen among 3 configurations', "Holm's correction for 2 comparisons", '2 are in the group of the best', 'from 1.50 on', '7 train seeds would settle these two, if 0.75 is the difference',
    '1 configuration is not ranked', 'mean and 95 \\% interval over train and sample seeds', 'In bold',
  ]) expect(text).toContain(words);
  expect(text).toContain('$\\mathbf{9.50}\\ [8.75, 10.25]$');
});

it('says in every format what the scores rest on and what makes them weak', () => {
  const weak = { ...group, bases: [{ ...basis, weak: ['features of an untrained network say little about images'] }] };
  for (const format of ['markdown', 'latex', 'csv', 'json'] as const) {
    const text = renderLeaderboard({ groups: [weak] }, format);
    for (const words of ['standard features against 10,000 test images of fashion-mnist at 16x16', 'features of an untrained network say little about images']) expect(text).toContain(words);
  }
});

it('has nothing in bold where none can be told apart from the best', () => {
  const tied = { ...group, choice: { ...choice, group: 3 }, rows: group.rows.slice(0, 2) };
  const text = renderLeaderboard({ groups: [tied] }, 'markdown');
  expect(text).not.toContain('**');
  expect(text).toContain('None can be told apart from the best.');
  expect(text).not.toContain('In bold');
});

it('has nothing in bold on a page of a large leaderboard on which none can be told apart from the best', () => {
  const rows = group.rows.slice(0, 2).map(({ standing, ...row }) => ({ ...row, ...(standing && { standing: { ...standing, apart: false } }) }));
  const large = { ...choice, among: 1000, group: null };
  expect(renderLeaderboard({ groups: [{ ...group, choice: large, rows }] }, 'markdown')).not.toContain('**');
  const [best, second] = rows as [typeof rows[0], typeof rows[0]];
  expect(renderLeaderboard({ groups: [{ ...group, choice: large, rows: [best!, { ...second!, standing: beside(0.75, true) }] }] }, 'markdown')).toContain('**');
});

it('shows only the parameters in which rows differ, and every metric requested', () => {
  const [header, , first] = table(render(rows, 'markdown'));
  expect(header).toEqual(['rank', 'steps', 'FID', 'KID', 'n', 'NFE', 'train x sample seeds', 'evaluator', 'real FID']);
  expect(first).toEqual(['1', '5', '9.50 ± 0.40', '0.0123', '256', '9', '2 x 1', '01234567', '1.25']);
});

it('ranks by any metric, and says its direction', () => {
  const scored = [row(1, 9.5, { metrics: { fid: estimate(9.5), recall: estimate(0.4, { stddev: null }) } }), row(2, 10.25, { metrics: { fid: estimate(10.25), recall: estimate(0.6, { stddev: null }) } })];
  const text = render(scored, 'markdown', 'recall');
  expect(table(text).map((cells) => cells.slice(0, 4))).toEqual([['rank', 'steps', 'FID', 'recall'], expect.anything(), ['1', '10', '10.25 ± 0.40', '0.600'], ['2', '5', '9.50 ± 0.40', '0.400']]);
  expect(text).toContain('Cells by recall, higher is better');
});

it('says what to do for a metric that no cell has', () => {
  const text = render(rows, 'markdown', 'precision');
  expect(text).toContain('Not ranked: no cell has precision, only FID, KID. Add it to evaluate.metrics and run the file again');
  expect(text).not.toContain('Cells by');
});

it('lists the parameters in the order of the grammar, whatever the order of keys in the database', () => {
  const varied = [1, 2].map((i) => row(i, 9 + i, { config: { steps: i, zeta: i, sampler: { kind: i === 1 ? 'heun' : 'euler' }, schedule: { kind: i === 1 ? 'linear' : 'cosine' } } }));
  expect(render(varied, 'csv').split('\r\n')[0]).toMatch(/^rank,cell,schedule,sampler,steps,zeta,/);
});

it('prints rows of two evaluators, and of two n, in separate tables', () => {
  for (const other of [{ evaluator: 'fedc' }, { n: 512 }]) {
    const printed = render([row(1, 9.5), row(1, 10.25, other)], 'markdown');
    expect(table(printed).filter(([first]) => first === 'rank')).toHaveLength(2);
    expect(printed).toContain('9.50 ± 0.40');
    expect(printed).toContain('10.25 ± 0.40');
  }
});

it('prints rows without a result below the others', () => {
  const waiting = row(2, 0, { metrics: {}, n: null, nfe: null, evaluator: null });
  expect(render([row(1, 9.5), waiting], 'latex')).toContain('    - & 10 & - & - & - & - & - & - \\\\');
  expect(render([waiting], 'markdown')).toContain('none has a score');
  expect(render([], 'markdown')).toContain('| rank |');
});

it('prints CSV with one column per number, and the groups as JSON', () => {
  expect(render(rows, 'csv').split('\r\n').slice(0, 2)).toEqual([
    'rank,cell,steps,fid_mean,fid_low,fid_high,fid_stddev,fid_min,fid_max,fid_best_of_3,fid_real,kid_mean,kid_low,kid_high,kid_stddev,kid_min,kid_max,kid_best_of_3,kid_real,difference,difference_low,difference_high,p,apart,not_ranked,trials,n,nfe,train_seeds,sample_seeds,evaluator,noise_levels_out_of_range,basis,weak',
    '1,cell1,5,9.5,,,0.4,9,10,,1.25,0.0123,,,,0.0123,0.0123,,,,,,,,,4,256,9,1 2,1,0123456789abcdef,,,',
  ]);
  const [, , second, , fourth] = renderLeaderboard({ groups: [group] }, 'csv').split('\r\n');
  expect(second).toBe('2,cell2,10,10.25,9.25,11.25,0.4,9.75,10.75,10,1.25,0.75,0.25,1.25,0.6,false,,4,256,9,1 2,1,0123456789abcdef,,"standard features against 10,000 test images of fashion-mnist at 16x16",');
  expect(fourth).toContain(',,,,,,1 of 4 diverged,');
  expect(JSON.parse(render(rows, 'json'))).toEqual({ groups: leaderboardGroups(rows) });
});

it('has a column for out-of-range noise levels, and a note in the caption, if a row has any', () => {
  const [silent, counted] = [[row(1, 9, { noiseLevelsOutOfRange: 0 })], [row(1, 9, { noiseLevelsOutOfRange: 0 }), row(2, 10, { noiseLevelsOutOfRange: 4 })]].map((shown) => render(shown, 'markdown')) as [string, string];
  expect(silent).not.toMatch(/out-of-range/i);
  expect(table(counted).map((cells) => cells.at(-1)).filter((cell) => !cell!.startsWith('--'))).toEqual(['out-of-range noise levels', '0', '4']);
  expect(counted).toContain('outside the range of sigma');
});

it('of several sweeps says which, and of one does not', () => {
  const both = [row(1, 9.5), row(2, 8, { sweepId: 's2' })];
  expect(table(render(both, 'markdown')).map((cells) => cells.slice(0, 3))).toEqual([['rank', 'sweep', 'steps'], ['----', '-----', '-----'], ['1', 's2', '10'], ['2', 's1', '5']]);
  expect(render(rows, 'markdown')).not.toContain('| sweep');
});

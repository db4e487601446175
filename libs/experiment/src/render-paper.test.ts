import type { PaperCounterpart, PaperEntry, PublishedTable } from './paper-table.js';
import { renderPaper } from './render-paper.js';

const counterpart = (mean: number, change: Partial<PaperCounterpart> = {}): PaperCounterpart => ({
  cellId: 'c', mean, low: mean - 1, high: mean + 1, trainingMeans: [mean], trials: 2, diverged: 0, planned: 2, n: 512, nfe: 20, dataset: 'fashion-mnist', resolution: 16, extractor: 'standard', images: 1000, complete: true, bold: false,
  difference: null, notComparable: 'other data set (imagenet, here fashion-mnist)', ownRank: 1, publishedRank: 1, tau: 1, tauLow: 0.5, tauHigh: 1, tauRows: 8, verdict: 'not comparable in value: other data set (imagenet, here fashion-mnist); agrees in rank: tau 1.00', ...change,
});
const entry = (values: number[], ours: PaperCounterpart | null = null, change: Partial<PaperEntry> = {}): PaperEntry =>
  ({ values, bold: null, protocol: 'unknown', dataset: 'imagenet', resolution: 64, extractor: 'inception', n: 50_000, nfe: null, split: null, images: null, note: null, ours, ...change });

const table: PublishedTable = {
  id: 't', source: 'A & B 2023, Table 1', title: 'FID by x_t', citation: 'c', url: 'u', edition: 1, figures: 6, rowTitle: 'gamma(t)', boldRule: 'within 2 % of the best', boldWithin: 0.02, notes: [],
  rows: ['1-t', 'cosine', 'real'],
  columns: [{ name: '64x64', metric: 'fid', here: 'here', variant: null }, { name: '128x128', metric: 'fid', here: 'here', variant: null }],
  entries: [
    [entry([2.04], counterpart(48.751, { bold: true }), { bold: true }), entry([4.51], counterpart(48.751, { bold: true }))],
    [entry([2.71], counterpart(61.484)), entry([4.7, 4.9], counterpart(61.484))],
    [entry([1], null, { bold: false, note: 'no network' }), null],
  ],
  sweep: { id: 's1', name: 'n', evaluators: ['abcdef0123456789'], real: { fid: 1.21 }, fixed: { sampler: 'heun' }, groups: 2 },
};

test('the layout is the paper\'s, with one column of ours for all of its columns that share it, and bold by the rule where the paper\'s was not recorded', () => {
  const [header, , first, second, third] = renderPaper(table, 'markdown').split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  expect(header!.slice(1, -1)).toEqual(['gamma(t)', '64x64', '128x128', 'here']);
  expect(first!.slice(1, -1)).toEqual(['1-t', '**2.04**', '**4.51**', '**48.75 (47.75, 49.75)**']);
  expect(second!.slice(1, -1)).toEqual(['cosine', '2.71', '4.7 / 4.9', '61.48 (60.48, 62.48)']);
  // a baseline does not set the mark for the others
  expect(third!.slice(1, -1)).toEqual(['real (1)', '1', '-', '-']);
});

test('a table says whose figures are whose, how they came about, and what may be concluded of each column', () => {
  const text = renderPaper(table, 'text');
  for (const part of ['Theirs: number of runs not stated.', 'Marked *: within 2 % of the best.', '(1) no network.', 'Sweep s1, n = 512 images, evaluator abcdef01, real-data baseline FID 1.21.', 'Fixed: sampler heun', 'One of 2 tables', '64x64: not comparable in value: other data set (imagenet, here fashion-mnist); agrees in rank: tau 1.00']) expect(text).toContain(part);
  expect(text.split('\n')[1]).toMatch(/^1-t +2\.04\* +4\.51\* +48\.75 \(47\.75, 49\.75\)\*$/);
});

test('an entry that is not complete says of how many trials it is', () => {
  const partial = { ...table, entries: [[entry([2], counterpart(5, { complete: false, trials: 1, low: null, high: null, verdict: 'x; not ranked: 1 of 2 trials have ended' })), null], ...table.entries.slice(1)] };
  expect(renderPaper(partial, 'markdown')).toContain('5.00 [1/2]');
  expect(renderPaper(partial, 'markdown')).toContain('64x64, 1-t: x; not ranked: 1 of 2 trials have ended');
});

test('without a sweep only the paper is there, and it says so', () => {
  const alone = { ...table, sweep: null, entries: table.entries.map((row) => row.map((one) => one && { ...one, ours: null })) };
  expect(renderPaper(alone, 'markdown')).toContain('None of ours');
  expect(renderPaper(alone, 'markdown').split('\n')[0]).not.toContain('here');
});

test('LaTeX names its packages, and every brace, environment, row and special character of it is in order', () => {
  const latex = renderPaper(table, 'latex');
  expect(latex).toMatch(/^% needs \\usepackage\{booktabs\}\n/);
  const body = latex.replace(/\\[&%$#_{}]/g, '');
  expect(body.match(/\{/g)).toHaveLength(body.match(/\}/g)!.length);
  expect([...latex.matchAll(/\\begin\{(\w+)\}/g)].map(([, name]) => name)).toEqual([...latex.matchAll(/\\end\{(\w+)\}/g)].map(([, name]) => name).reverse());
  for (const line of latex.split('\n').filter((one) => one.endsWith('\\\\'))) expect(line.replaceAll('\\&', '').match(/&/g)).toHaveLength(3);
  expect(latex).toContain('A \\& B 2023');
  expect(latex).toContain('x\\_t');
});

test('CSV has one record for each entry of the paper, with ours and the verdict', () => {
  const [header, ...records] = renderPaper(table, 'csv').trim().split('\r\n');
  expect(header).toMatch(/^table,row,column,variant,metric,published,/);
  expect(records).toHaveLength(5);
  expect(records[2]).toMatch(/^t,cosine,64x64,,fid,2\.71,2\.71,,unknown,50000,,"A & B 2023, Table 1",u,s1,c,61\.484,/);
});

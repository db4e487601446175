import { parse } from 'yaml';
import { basisOf } from './basis-words.js';
import { entryText, renderAblation, renderAblations } from './render-ablation.js';
import type { AblationTable, Standing } from './tables.js';

const estimate = (mean: number, half: number | null = 0.4) => ({
  mean, stddev: 0.3, min: mean - 0.5, max: mean + 0.5, count: 4, diverged: 0, n: 256, real: 1.25, trials: 4,
  confidence: { trainingRuns: 2, samples: 2, reach: 'training runs and samples' as const, interval: half === null ? null : { low: mean - half, high: mean + half }, bestOfThree: mean - 0.2 },
});
const best: Standing = { apart: false, toBest: null };
const apart: Standing = { apart: true, toBest: { mean: 1.3, interval: { low: 0.9, high: 1.7 }, trainingRuns: 2, samples: 2, p: 0.01 } };

const basis = basisOf({
  metric: 'fid', n: 256, extractor: 'standard', weights: 'abc', trainedOn: 'fashion-mnist', layer: 'pool', features: 64, inputRange: '[-1, 1]', resize: 'none',
  reference: { dataset: 'fashion-mnist', split: 'test', size: 10_000, resolution: 16 }, implementation: 2, real: { value: 1.25, n: 256 }, best: 9,
}, '0123456789abcdef');

const table: AblationTable = {
  name: 'noise-schedule', sweepId: 's1', metric: 'fid', rowAxis: 'noise schedule', columnAxis: 'input scale b', rows: ['linear', 'a_b|c & 50%'], columns: ['0.5', '1'],
  cells: [[estimate(12.3), null], [estimate(11, null), estimate(9.875, 0.25)]], standings: [[apart, null], [best, best]], fixed: { sampler: 'ddim(eta 0)', steps: '10' }, choices: {}, n: 256, evaluator: '0123456789abcdef', real: 1.25, basis,
};

describe('renderAblation', () => {
  it('prints Markdown with mean and interval, in bold what cannot be told apart from the best of a column in which something can, labels escaped', () => {
    expect(renderAblation(table, 'markdown').split('\n').slice(0, 4)).toEqual([
      '| noise schedule / input scale b |                  0.5 |                  1 |',
      '| ------------------------------ | -------------------: | -----------------: |',
      '| linear                         | 12.30 [11.90, 12.70] |                  - |',
      '| a_b\\|c & 50%                   |            **11.00** | 9.88 [9.63, 10.13] |',
    ]);
  });

  it('prints LaTeX in booktabs style', () => {
    expect(renderAblation(table, 'latex').split('\n').filter((line) => line.startsWith('    '))).toEqual([
      '    \\toprule',
      '    noise schedule / input scale b & 0.5 & 1 \\\\',
      '    \\midrule',
      '    linear & $12.30\\ [11.90, 12.70]$ & - \\\\',
      '    a\\_b\\textbar{}c \\& 50\\% & $\\mathbf{11.00}$ & $9.88\\ [9.63, 10.13]$ \\\\',
      '    \\bottomrule',
    ]);
  });

  it('names metric, n, evaluator, fixed parameters and the real-data baseline in its caption', () => {
    for (const text of ['FID', 'n = 256', 'evaluator 01234567,', 'real-data baseline 1.25', 'Fixed: steps 10']) {
      expect(renderAblation(table, 'markdown')).toContain(text);
      expect(renderAblation(table, 'latex')).toContain(text);
    }
  });

  it('omits parameters at their defaults from its caption, unless the sweep varies them', () => {
    const fixed = { parameterisation: 'eps', lossWeight: 'uniform', network: 'tiny', sampler: 'ddim(eta 0)' };
    expect(renderAblation({ ...table, fixed }, 'markdown')).toContain('Fixed: network tiny; others at their defaults.');
    expect(renderAblation({ ...table, fixed, choices: { sampler: ['ddim(eta 0)', 'heun'] } }, 'markdown')).toContain('Fixed: network tiny, sampler ddim(eta 0); others at their defaults.');
    expect(renderAblation({ ...table, fixed: { ...fixed, lossWeight: 'edm' } }, 'markdown')).toContain('Fixed: lossWeight edm, network tiny;');
  });

  it('names the other tables in its caption if there are any', () => {
    const several = { ...table, choices: { sampler: ['ddim(eta 0)', 'heun'], steps: ['5', '10'] } };
    for (const format of ['markdown', 'latex'] as const) {
      expect(renderAblation(several, format)).toContain('Other tables: sampler ddim(eta 0) or heun; steps 5 or 10.');
      expect(renderAblation(table, format)).not.toContain('Other tables');
    }
  });

  it('names the scores of another n or evaluator that are left out, and prints their own tables below', () => {
    const first = { ...table, basis: { ...basis, leftOut: [{ evaluator: 'fedcba9876543210', n: 64, configurations: 1 }, { evaluator: null, n: null, configurations: 3 }] } };
    const second = { ...table, n: 64, cells: [[estimate(99), null], [null, null]], standings: [[best, null], [null, null]], basis: { ...basis, n: 64 } };
    const said = 'Left out, as scores of another n or evaluator do not compare: n = 64, evaluator fedcba98: 1 configuration; n = -, evaluator -: 3 configurations.';
    for (const format of ['markdown', 'latex'] as const) {
      expect(renderAblation(first, format)).toContain(said);
      expect(renderAblation(table, format)).not.toContain('Left out');
      expect(renderAblations([first, second], format)).toBe(`${renderAblation(first, format)}\n${renderAblation(second, format)}`);
    }
    expect(renderAblations([first, second], 'csv').split('\r\n')).toEqual([...renderAblation(first, 'csv').trimEnd().split('\r\n'), ...renderAblation(second, 'csv').split('\r\n').slice(1)]);
    expect(JSON.parse(renderAblations([first, second], 'json'))).toEqual(JSON.parse(JSON.stringify(first)));
  });

  it('says in every format what makes its numbers weak', () => {
    const weak = { ...table, basis: { ...basis, weak: ['features of an untrained network say little about images'] } };
    for (const format of ['markdown', 'latex', 'csv', 'json'] as const) expect(renderAblation(weak, format)).toContain('features of an untrained network say little about images');
  });

  it('prints CSV with one record per cell, quoted according to RFC 4180', () => {
    const lines = renderAblation({ ...table, rows: ['cosine(0, 1, 1)', 'say "b"'] }, 'csv').split('\r\n');
    expect(lines[1]).toBe(`"cosine(0, 1, 1)",0.5,fid,12.3,11.9,${12.3 + 0.4},0.3,11.8,12.8,2,2,4,4,0,1.3,0.9,1.7,0.01,true,256,0123456789abcdef,1.25,"standard features against 10,000 test images of fashion-mnist at 16x16",`);
    expect(lines[2]).toBe('"cosine(0, 1, 1)",1,fid,,,,,,,,,0,,0,,,,,,256,0123456789abcdef,1.25,"standard features against 10,000 test images of fashion-mnist at 16x16",');
    expect(lines[3]).toMatch(/^"say ""b""",0.5,/);
    expect(lines).toHaveLength(6);
  });

  it('prints the table as JSON', () => {
    expect(JSON.parse(renderAblation(table, 'json'))).toEqual(table);
    expect(parse(renderAblation(table, 'json'))).toEqual(table);
  });

  it('of one column has the metric above it, and says below what the other axis is at', () => {
    const single = renderAblation({ ...table, columns: ['0.5'], cells: [[estimate(12.3)], [estimate(11)]] }, 'markdown');
    expect(single).toMatch(/^\| noise schedule +\| +FID \|\n/);
    expect(single).toContain('FID by noise schedule: mean');
    expect(single).toContain('At input scale b 0.5. Fixed:');
  });

  it('shows a metric for which higher is better with its own decimals', () => {
    const precise = renderAblation({ ...table, metric: 'precision@64', cells: [[estimate(0.5, 0.01), null], [estimate(0.75, null), null]], real: 0.9 }, 'markdown');
    expect(precise).toContain('| linear                         | 0.500 [0.490, 0.510] |');
    expect(precise).toContain('|            **0.750** |');
    expect(precise).toContain('precision@64 by noise schedule and input scale b: mean and 95 % interval over train and sample seeds, higher is better');
  });

  it('says what bold means, and why nothing is in bold', () => {
    expect(renderAblation(table, 'latex')).toContain('In bold: what cannot be told apart from the best of each column (paired differences at the same seeds, Holm, 5 \\%).');
    const tied = renderAblation({ ...table, standings: [[best, null], [best, best]] }, 'markdown');
    expect(tied).not.toContain('**');
    expect(tied).toContain('Nothing is in bold: in no column can anything be told apart from the best');
    const one = { ...table, columns: ['0.5'], cells: table.cells.map((row) => row.slice(0, 1)) };
    expect(renderAblation({ ...one, standings: [[best], [best]] }, 'markdown')).toContain('Nothing is in bold: nothing can be told apart');
    expect(renderAblation({ ...table, standings: undefined }, 'markdown')).toContain('Nothing is in bold: entries were not compared.');
  });

  it('says of an entry that lacks trials, or of which one diverged, how many', () => {
    const cells = [[{ ...estimate(12.3), count: 3 }, null], [{ ...estimate(11, null), count: 3, diverged: 1 }, estimate(9.875)]];
    const text = renderAblation({ ...table, cells, standings: [[null, null], [null, best]] }, 'markdown');
    expect(text).toContain('12.30 [11.90, 12.70] (3 of 4 trials)');
    expect(text).toContain('11.00 (1 of 4 diverged)');
    expect(renderAblation({ ...table, cells }, 'latex')).toContain('$ (1 of 4 diverged)');
    const lost = [[null, '4 of 4 diverged'], [null, null]];
    expect(renderAblation({ ...table, cells, lost }, 'markdown')).toContain('| - (4 of 4 diverged) |');
    expect(renderAblation({ ...table, cells, lost }, 'latex')).toContain('& - (4 of 4 diverged)');
    expect([entryText({ ...table, cells, lost }, 0, 0), entryText({ ...table, cells, lost }, 0, 1), entryText({ ...table, cells }, 0, 1)]).toEqual(['12.30 [11.90, 12.70] (3 of 4 trials)', '- (4 of 4 diverged)', '-']);
  });

  it('has means and deviations where single trials were not read', () => {
    const plain = { ...estimate(12.3), confidence: undefined };
    expect(renderAblation({ ...table, cells: [[plain, null], [plain, null]], standings: undefined }, 'markdown')).toContain('mean ± standard deviation over seeds');
    expect(renderAblation({ ...table, cells: [[plain, null], [plain, null]], standings: undefined }, 'latex')).toContain('$12.30 \\pm 0.30$');
  });
});

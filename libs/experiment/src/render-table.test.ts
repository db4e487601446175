import { parse } from 'yaml';
import { renderAblation, renderLeaderboard } from './render-table.js';
import { escapeLatex } from './table-text.js';
import type { AblationTable, LeaderboardRow } from './tables.js';

const estimate = (mean: number, spread: number | null = 0.4) => ({ mean, spread, min: mean - 0.5, count: 4 });

const table: AblationTable = {
  name: 'noise-schedule', sweepId: 's1', metric: 'fid', rowAxis: 'noise schedule', columnAxis: 'input scale b', rows: ['linear', 'a_b|c & 50%'], columns: ['0.5', '1'],
  cells: [[estimate(12.3), null], [estimate(11, null), estimate(9.875, 0.25)]], held: { sampler: 'ddim(eta 0)', steps: '10' }, choices: {}, n: 256, evaluators: ['0123456789abcdef'], floor: 1.25,
};

const row = (rank: number, fid: number, more: Partial<LeaderboardRow> = {}): LeaderboardRow => ({
  sweepId: 's1', cellId: `cell${rank}`, rank, config: { sampler: { kind: 'heun' }, steps: rank * 5, inputScale: 1 }, fid: estimate(fid), kid: { mean: 0.0123, spread: null, min: 0.0123, count: 1 },
  n: 256, nfe: 9, evaluator: '0123456789abcdef', trainSeeds: [1, 2], sampleSeeds: [1], fidFloor: 1.25, kidFloor: null, levelsOutsideTraining: null, ...more,
});

describe('levels outside training', () => {
  it('have a column, and a word in the caption, where a row has any', () => {
    const [silent, told] = [renderLeaderboard([row(1, 9, { levelsOutsideTraining: 0 })], 'markdown'), renderLeaderboard([row(1, 9, { levelsOutsideTraining: 0 }), row(2, 10, { levelsOutsideTraining: 4 })], 'markdown')];
    expect(silent).not.toMatch(/untrained levels/i);
    expect(told.split('\n')[0]).toContain('untrained levels');
    expect(told.split('\n').slice(2, 4).map((line) => line.split('|').at(-2)?.trim())).toEqual(['0', '4']);
    expect(told).toContain('outside the stretch of sigma');
  });
});

describe('renderAblation', () => {
  it('prints Markdown with mean ± spread, the best of each column bold, labels escaped', () => {
    expect(renderAblation(table, 'markdown').split('\n').slice(0, 4)).toEqual([
      '| noise schedule / input scale b |          0.5 |               1 |',
      '| ------------------------------ | -----------: | --------------: |',
      '| linear                         | 12.30 ± 0.40 |               - |',
      '| a\\_b\\|c & 50%                  |    **11.00** | **9.88 ± 0.25** |',
    ]);
  });

  it('prints LaTeX in booktabs style', () => {
    expect(renderAblation(table, 'latex').split('\n').filter((line) => line.startsWith('    '))).toEqual([
      '    \\toprule',
      '    noise schedule / input scale b & 0.5 & 1 \\\\',
      '    \\midrule',
      '    linear & $12.30 \\pm 0.40$ & - \\\\',
      '    a\\_b\\textbar{}c \\& 50\\% & $\\mathbf{11.00}$ & $\\mathbf{9.88 \\pm 0.25}$ \\\\',
      '    \\bottomrule',
    ]);
  });

  it('names metric, n, evaluator, what is held and the floor in its caption', () => {
    for (const text of ['FID', 'n = 256', 'evaluator 01234567,', 'floor 1.25', 'Held: steps 10']) {
      expect(renderAblation(table, 'markdown')).toContain(text);
      expect(renderAblation(table, 'latex')).toContain(text);
    }
  });

  it('leaves out of its caption what is held at its default, unless the sweep varies it', () => {
    const held = { parameterisation: 'eps', lossWeight: 'uniform', network: 'tiny', sampler: 'ddim(eta 0)' };
    expect(renderAblation({ ...table, held }, 'markdown')).toContain('Held: network tiny; the rest by default.');
    expect(renderAblation({ ...table, held, choices: { sampler: ['ddim(eta 0)', 'heun'] } }, 'markdown')).toContain('Held: network tiny, sampler ddim(eta 0); the rest by default.');
    expect(renderAblation({ ...table, held: { ...held, lossWeight: 'edm' } }, 'markdown')).toContain('Held: lossWeight edm, network tiny;');
  });

  it('names the other tables in its caption where there are any', () => {
    const several = { ...table, choices: { sampler: ['ddim(eta 0)', 'heun'], steps: ['5', '10'] } };
    for (const format of ['markdown', 'latex'] as const) {
      expect(renderAblation(several, format)).toContain('Other tables: sampler ddim(eta 0) or heun; steps 5 or 10.');
      expect(renderAblation(table, format)).not.toContain('Other tables');
    }
  });

  it('marks numbers of two evaluators as not comparable and calls none the best', () => {
    const mixed = { ...table, evaluators: ['0123456789abcdef', 'fedcba9876543210'] };
    expect(renderAblation(mixed, 'markdown')).toContain('**Warning: these numbers come from 2 evaluators (01234567, fedcba98) and are not comparable.**');
    expect(renderAblation(mixed, 'latex')).toContain('\\textbf{Warning:');
    expect(renderAblation(mixed, 'latex')).not.toContain('\\mathbf');
    expect(renderAblation(mixed, 'csv')).toContain(',false');
  });

  it('prints CSV with one record a cell, quoted where RFC 4180 says so', () => {
    const lines = renderAblation({ ...table, rows: ['cosine(0, 1, 1)', 'say "b"'] }, 'csv').split('\r\n');
    expect(lines[1]).toBe('"cosine(0, 1, 1)",0.5,fid,12.3,0.4,11.8,4,256,0123456789abcdef,1.25,true');
    expect(lines[2]).toBe('"cosine(0, 1, 1)",1,fid,,,,0,256,0123456789abcdef,1.25,true');
    expect(lines[3]).toMatch(/^"say ""b""",0.5,/);
    expect(lines).toHaveLength(6);
  });

  it('prints JSON that is the table', () => {
    expect(JSON.parse(renderAblation(table, 'json'))).toEqual(table);
    expect(parse(renderAblation(table, 'json'))).toEqual(table);
  });
});

describe('renderLeaderboard', () => {
  const rows = [row(1, 9.5), row(2, 10.25)];

  it('shows only the parameters on which rows differ', () => {
    const cells = renderLeaderboard(rows, 'markdown').split('\n').slice(0, 3).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
    expect(cells[0]).toEqual(['rank', 'steps', 'FID', 'min', 'KID', 'n', 'NFE', 'train seeds', 'sample seeds', 'evaluator', 'FID floor', 'KID floor']);
    expect(cells[2]).toEqual(['1', '5', '**9.50 ± 0.40**', '9.00', '0.0123', '256', '9', '1, 2', '1', '01234567', '1.25', '-']);
  });

  it('orders the parameters as a sweep lists them, whatever order a database gave their keys', () => {
    const varied = [1, 2].map((i) => row(i, 9 + i, { config: { steps: i, zeta: i, sampler: { kind: i === 1 ? 'heun' : 'euler' }, schedule: { kind: i === 1 ? 'linear' : 'cosine' } } }));
    expect(renderLeaderboard(varied, 'csv').split('\r\n')[0]).toMatch(/^rank,cell,schedule,sampler,steps,zeta,/);
  });

  it('warns of rows of two evaluators, and of two n, and calls none the best', () => {
    for (const [other, text] of [[{ evaluator: 'fedc' }, '2 evaluators'], [{ n: 512 }, 'different n (256, 512)']] as const) {
      const printed = renderLeaderboard([row(1, 9.5), row(1, 10.25, other)], 'markdown');
      expect(printed).toContain(text);
      expect(printed).not.toContain('**9.50');
    }
  });

  it('prints rows without a result yet', () => {
    const waiting = row(2, 0, { rank: null, fid: null, kid: null, n: null, nfe: null, evaluator: null, fidFloor: null });
    expect(renderLeaderboard([row(1, 9.5), waiting], 'latex')).toContain('    - & 10 & - & - & - & - & - & 1, 2 & 1 & - & - & - \\\\');
    expect(renderLeaderboard([], 'markdown')).toContain('| rank |  FID |');
  });

  it('prints CSV with a column a number, and JSON that is the rows', () => {
    expect(renderLeaderboard(rows, 'csv').split('\r\n').slice(0, 2)).toEqual([
      'rank,cell,steps,fid_mean,fid_spread,fid_min,kid_mean,kid_spread,kid_min,trials,n,nfe,train_seeds,sample_seeds,evaluator,fid_floor,kid_floor,levels_outside_training',
      '1,cell1,5,9.5,0.4,9,0.0123,,0.0123,4,256,9,1 2,1,0123456789abcdef,1.25,,',
    ]);
    expect(JSON.parse(renderLeaderboard(rows, 'json'))).toEqual(rows);
  });
});

describe('escapeLatex', () => {
  it('escapes each of the ten special characters once', () => {
    expect(escapeLatex('\\ ~ ^ & % $ # _ { }')).toBe('\\textbackslash{} \\textasciitilde{} \\textasciicircum{} \\& \\% \\$ \\# \\_ \\{ \\}');
  });
});

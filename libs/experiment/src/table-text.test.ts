import { escapeLatex, escapeMarkdown } from './table-text.js';

describe('escapeLatex', () => {
  it('escapes each of the ten special characters once', () => {
    expect(escapeLatex('\\ ~ ^ & % $ # _ { }')).toBe('\\textbackslash{} \\textasciitilde{} \\textasciicircum{} \\& \\% \\$ \\# \\_ \\{ \\}');
  });
});

describe('escapeMarkdown', () => {
  it.each([
    ['config_a_b.py, 22_cosine', 'config_a_b.py, 22_cosine'],
    ['_x_ a_ _b __init__', '\\_x\\_ a\\_ \\_b \\_\\_init\\_\\_'],
    ['from [0.5, 1]: [k/m]', 'from [0.5, 1]: [k/m]'],
    ['a [x](y) ![x](y)', 'a [x\\](y) ![x\\](y)'],
    ['[x]: y', '\\[x]: y'],
    ['*a* ~~b~~ <b> a|b \\', '\\*a\\* \\~\\~b\\~\\~ \\<b\\> a\\|b \\\\'],
    ['# a #1', '\\# a #1'],
    ['`elucidate show CELL` has all, `rm` too', '`elucidate show CELL` has all, \\`rm\\` too'],
    ['`elucidate <b>`', '\\`elucidate \\<b\\>\\`'],
  ])('%s', (text, escaped) => { expect(escapeMarkdown(text)).toBe(escaped); });
});

import { escapeLatex } from './table-text.js';

describe('escapeLatex', () => {
  it('escapes each of the ten special characters once', () => {
    expect(escapeLatex('\\ ~ ^ & % $ # _ { }')).toBe('\\textbackslash{} \\textasciitilde{} \\textasciicircum{} \\& \\% \\$ \\# \\_ \\{ \\}');
  });
});

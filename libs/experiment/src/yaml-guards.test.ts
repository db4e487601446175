import { ElucidateError } from './errors.js';
import { parseSpec } from './parse-spec.js';
import { tooDeepAt } from './yaml-guards.js';

const codeOf = (text: string): string => {
  try {
    parseSpec(text);
  } catch (error) {
    return error instanceof ElucidateError ? error.code : String(error);
  }
  return 'accepted';
};

test.each([
  ['open lists', '['.repeat(400_000)],
  ['lists that close', '['.repeat(100_000) + ']'.repeat(100_000)],
  ['open mappings', '{a: '.repeat(100_000)],
  ['dashes on one line', '- '.repeat(100_000)],
  ['explicit keys on one line', '? '.repeat(100_000)],
  ['deeper on every line', Array.from({ length: 1300 }, (_, i) => `${' '.repeat(i)}-`).join('\n')],
  ['a hundred thousand keys', Array.from({ length: 80_000 }, (_, i) => `k${i}: 1`).join('\n')],
])('%s are refused at once: the parser alone would take minutes or crash the process', (_what, text) => {
  expect(codeOf(text)).toBe('spec.invalid');
});

test('brackets and dashes of an ordinary sweep are accepted', () => {
  const wide = `parameters: { steps: { values: [${Array.from({ length: 10_000 }, (_, i) => `{ a: [${i}] }`).join(', ')}] } }`;
  const blocks = Array.from({ length: 10_000 }, (_, i) => `    - { kind: ddim, eta: ${i} }`).join('\n');
  expect([tooDeepAt(wide), tooDeepAt(blocks)]).toEqual([null, null]);
});

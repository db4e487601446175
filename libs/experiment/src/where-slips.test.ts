import { compileWhere } from './where.js';
import { slipOf } from './where-slips.js';

test.each([
  ['steps > 5 and steps < 20', 'steps > 5 && steps < 20'],
  ["sampler.kind == 'heun' OR steps == 5", "sampler.kind == 'heun' || steps == 5"],
  ['not (steps == 5)', '!(steps == 5)'],
  ['steps = 5', 'steps == 5'],
  ['steps <> 5', 'steps != 5'],
  ["sampler.kind = 'a and b'", "sampler.kind == 'a and b'"],
])('%s is refused with how CEL writes it', (text, nearest) => {
  expect(() => compileWhere(text)).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path: 'where', nearest })] }) as Error);
});

test('what CEL has is no slip', () => {
  for (const text of ["steps >= 5 && sampler.kind != 'x or y'", 'steps <= 5', 'norm == 1', '!(steps in [5])']) expect(slipOf(text)).toBeUndefined();
});

test('x not in y is named, and what is suggested is not wrong', () => {
  expect(slipOf('steps not in [5, 10]')).toEqual({ expected: expect.stringContaining('x not in y is !(x in y)') as string });
});

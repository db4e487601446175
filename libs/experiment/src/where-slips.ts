import type { Problem } from './errors.js';

/** Operators of Python and SQL, and what CEL has for them. */
const operators: readonly (readonly [RegExp, string, string])[] = [
  [/\band\b/gi, '&&', 'and'], [/\bor\b/gi, '||', 'or'], [/\bnot\b\s*/gi, '!', 'not'], [/<>/g, '!=', '<>'], [/(?<![=!<>])=(?!=)/g, '==', '='],
];

/** What an expression that CEL cannot read is written as there: `a && b` for `a and b`. Undefined: none of these is the reason. */
export function slipOf(text: string): Pick<Problem, 'expected' | 'nearest'> | undefined {
  // what is in quotes stays as it is
  const parts = text.split(/('[^']*'|"[^"]*")/);
  const outside = parts.filter((_, index) => index % 2 === 0).join(' ');
  const found = operators.filter(([pattern]) => outside.search(pattern) >= 0);
  if (found.length === 0) return undefined;
  const expected = `a CEL expression, in which ${found.map(([, written, other]) => `${other} is ${written}`).join(', ')}`;
  if (/\bnot\s+in\b/i.test(outside)) return { expected: `${expected}, and x not in y is !(x in y)` };
  const nearest = parts.map((part, index) => (index % 2 === 1 ? part : found.reduce((result, [pattern, written]) => result.replace(pattern, written), part))).join('');
  return { expected, nearest };
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { children, isLoop } from './where-nodes.js';

/** Functions that may take longer than their text suggests: a regular expression, a name for a result (each use of it doubles it), lists out of text and back. */
export const refusedFunctions = ['matches', 'bind', 'split', 'join'];

/** Maximum length of a list in a parameter: a network's channels. */
const longestOfParameter = 100;
/** No list is longer than the text of the expression. */
const longestOfAll = 2000;

/** An error that `||`, `&&`, `all` or `exists` forgives takes about as long as so many nodes (10 us against 50 ns each). */
const forgiveness = 40;

const isOwn = (node: ASTNode, parameters: readonly string[]): boolean =>
  (node.op === 'id' ? parameters.includes(String(node.args)) : node.op === '.' && children(node.args).some((part) => isOwn(part, parameters)));

/** Maximum number of members of a list. */
function longest(node: ASTNode, parameters: readonly string[]): number {
  const parts = children(node.args);
  const lengths = (): number[] => parts.map((part) => longest(part, parameters));
  if (isOwn(node, parameters)) return longestOfParameter;
  if (node.op === 'list') return parts.length;
  if (node.op === '+') return lengths().reduce((sum, length) => sum + length, 0);
  return node.op === '?:' ? Math.max(...lengths().slice(1)) : longestOfAll;
}

/** The functions an expression calls. */
export function functionsOf(node: ASTNode): string[] {
  const name = node.op === 'call' || node.op === 'rcall' ? [String(node.args[0])] : [];
  return [...name, ...children(node.args).flatMap(functionsOf)];
}

/** The parameters an expression names. */
export function namesOf<P extends string>(node: ASTNode, parameters: readonly P[]): P[] {
  const found = new Set<unknown>();
  const visit = (part: ASTNode): void => {
    if (part.op === 'id') found.add(part.args);
    children(part.args).forEach(visit);
  };
  visit(node);
  return parameters.filter((name) => found.has(name));
}

/** Maximum number of nodes visited by evaluating an expression: a loop's body counts once per list member; forgiven errors are included. */
export function workOf(node: ASTNode, parameters: readonly string[]): number {
  const [first, ...rest] = children(node.args).map((part) => ({ part, work: workOf(part, parameters) }));
  const loop = isLoop(node);
  const forgiven = loop || node.op === '||' || node.op === '&&' ? forgiveness : 0;
  const body = forgiven + rest.reduce((sum, { work }) => sum + work, 0);
  return 1 + (first?.work ?? 0) + (loop && first !== undefined ? longest(first.part, parameters) : 1) * body;
}

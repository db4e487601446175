import type { ASTNode } from '@marcbachmann/cel-js';

/** Functions that evaluate their last argument for each member of a list. */
const loops: readonly unknown[] = ['all', 'exists', 'exists_one', 'filter', 'map'];

export const isLoop = ({ op, args }: ASTNode): boolean => op === 'rcall' && loops.includes(args[0]);

export function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

/** The nodes within a node's arguments. */
export function children(args: unknown): ASTNode[] {
  if (isNode(args)) return [args];
  return Array.isArray(args) ? args.flatMap(children) : [];
}

import type { ASTNode } from '@marcbachmann/cel-js';
import { z } from 'zod';
import type { Problem } from './errors.js';
import type { JsonSchema } from './schema-options.js';
import { parameterNames, parameterSchemas } from './parameters.js';
import type { ParameterName } from './parameters.js';
import { nearestWord, oneOf } from './problem-text.js';
import { children, isLoop, isNode } from './where-nodes.js';

/** A comparison of a parameter, or of a key in it, with written values. */
interface Comparison {
  path: readonly [ParameterName, ...string[]];
  values: readonly unknown[];
}

const schemas = new Map<ParameterName, JsonSchema>();

function schemaOf(name: ParameterName): JsonSchema {
  const schema = schemas.get(name) ?? (z.toJSONSchema(parameterSchemas[name], { io: 'input' }) as JsonSchema);
  schemas.set(name, schema);
  return schema;
}

/** A schema's options, those within options included: each is one type or constant. */
const optionsOf = (schema: JsonSchema): JsonSchema[] => (schema.oneOf ?? schema.anyOf)?.flatMap(optionsOf) ?? [schema];

/** What a path may hold, over all kinds that have it. */
const optionsAt = ([name, ...keys]: Comparison['path']): JsonSchema[] =>
  keys.reduce((options, key) => options.flatMap(({ properties }) => (properties?.[key] === undefined ? [] : optionsOf(properties[key]))), optionsOf(schemaOf(name)));

const wordsOf = (options: readonly JsonSchema[]): string[] =>
  [...new Set(options.flatMap((option) => (option.const === undefined ? option.enum ?? [] : [option.const])).filter((word) => typeof word === 'string'))];

const typeOf = (value: unknown): string => (typeof value === 'bigint' ? 'number' : typeof value);

/** Whether an option may be of the type of a value. */
function isOfType(option: JsonSchema, value: unknown): boolean {
  const type = option.type === 'integer' ? 'number' : option.type;
  const constants = option.const === undefined ? option.enum : [option.const];
  return type === typeOf(value) || (constants?.some((constant) => typeof constant === typeOf(value)) ?? false);
}

function isPossible(options: readonly JsonSchema[], value: unknown): boolean {
  const alike = options.filter((option) => isOfType(option, value));
  const open = alike.some((option) => option.const === undefined && option.enum === undefined);
  return typeof value === 'string' && !open ? wordsOf(alike).includes(value) : alike.length > 0;
}

const written = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

/** What to write in place of a value that a path never has; undefined: it may have it. */
function refusal({ path, values }: Comparison): Pick<Problem, 'expected' | 'nearest'> | undefined {
  const options = optionsAt(path);
  const value = values.find((candidate) => !isPossible(options, candidate));
  if (value === undefined || options.length === 0) return undefined;
  const name = path.join('.');
  const words = wordsOf(options);
  if (words.length > 0) {
    const nearest = nearestWord(value, words);
    const types = options.some((option) => isOfType(option, 0)) ? ' or a number' : '';
    return { expected: `${name} compared with ${oneOf(words)}${types}: it is never ${written(value)}`, ...(nearest !== undefined && { nearest: written(nearest) }) };
  }
  const kinds = wordsOf(optionsAt([...path, 'kind']));
  if (kinds.length > 0) return { expected: `${name}.kind in place of ${name}, a record that is never equal to ${written(value)}`, nearest: `${name}.kind` };
  const types = [...new Set(options.map(({ type }) => (type === 'integer' ? 'number' : type ?? 'value')))];
  return { expected: `${name} compared with a ${oneOf(types)}${typeof value === 'string' && types.includes('number') ? ', without quotes' : ''}: it is never ${written(value)}` };
}

/** What in an expression is decided before any cell is seen, as a parameter never has the value that it is compared with: `sampler == 'heun'`, `steps != '5'`. */
export function impossibleComparison(root: ASTNode): Pick<Problem, 'expected' | 'nearest'> | undefined {
  return comparisonsIn(root, new Set()).map(refusal).find((found) => found !== undefined);
}

/** The comparisons of parameters with written values. `bound` has the names of the loops around: `c` in `network.channels.exists(c, c > 3.0)`. */
function comparisonsIn(node: ASTNode, bound: ReadonlySet<string>): Comparison[] {
  const inner = isLoop(node) ? new Set([...bound, ...loopNames(node)]) : bound;
  const own = comparisonOf(node, bound);
  return [...(own === undefined ? [] : [own]), ...children(node.args).flatMap((part) => comparisonsIn(part, inner))];
}

function comparisonOf({ op, args }: ASTNode, bound: ReadonlySet<string>): Comparison | undefined {
  if (op !== '==' && op !== '!=' && op !== 'in') return undefined;
  const [left, right] = args as [ASTNode, ASTNode];
  const sides = op === 'in' || pathOf(left, bound) !== undefined ? [left, right] as const : [right, left] as const;
  const path = pathOf(sides[0], bound);
  const values = op === 'in' ? membersOf(sides[1]) : literalOf(sides[1]);
  return path === undefined || values === undefined ? undefined : { path, values };
}

/** `sampler.kind`, `sampler['kind']`: the parameter and the keys. */
function pathOf({ op, args }: ASTNode, bound: ReadonlySet<string>): Comparison['path'] | undefined {
  if (op === 'id') {
    const name = parameterNames.find((parameter) => parameter === args && !bound.has(parameter));
    return name && [name];
  }
  if (op !== '.' && op !== '[]') return undefined;
  const [owner, key] = args as [ASTNode, unknown];
  const path = pathOf(owner, bound);
  const word = isNode(key) && key.op === 'value' ? key.args : key;
  return path === undefined || typeof word !== 'string' ? undefined : [...path, word];
}

const literalOf = ({ op, args }: ASTNode): unknown[] | undefined => (op === 'value' && ['string', 'number', 'bigint', 'boolean'].includes(typeof args) ? [args] : undefined);

/** The members of a list of which each is written out. */
function membersOf({ op, args }: ASTNode): unknown[] | undefined {
  const members = op === 'list' ? children(args).map(literalOf) : [undefined];
  return members.every((member) => member !== undefined) ? members.flat() : undefined;
}

const loopNames = ({ args }: ASTNode): string[] => children((args as unknown[])[2]).slice(0, 1).filter(({ op }) => op === 'id').map((name) => String(name.args));

import { optionsOf, wordsOfUnion, type JsonSchema } from '@elucidate/experiment/schema-options';
import { readings, schemasAt } from './grammar.js';
import { writtenAt } from './place.js';

/** What a word of a sweep file means. */
export interface Explanation {
  from: number;
  to: number;
  title: string;
  lines: string[];
}

function boundsText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const least = typeof minimum === 'number' ? `at least ${minimum}` : typeof exclusiveMinimum === 'number' ? `above ${exclusiveMinimum}` : '';
  const most = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? `at most ${maximum}` : typeof exclusiveMaximum === 'number' ? `below ${exclusiveMaximum}` : '';
  return [least, most].filter((text) => text !== '' && text !== `at least ${-Number.MAX_SAFE_INTEGER}`).map((text) => `, ${text}`).join('');
}

const simple: Readonly<Record<string, string>> = { string: 'text', boolean: 'true or false', null: 'null' };

/** What a schema takes, in words: "a whole number, at least 1". */
export function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum !== undefined) return schema.enum.join(', ');
  const words = wordsOfUnion(schema)?.words;
  if (words !== undefined) return words.join(', ');
  const options = optionsOf(schema);
  if (options.length > 0) return [...new Set(options.map(typeText))].join('; or ');
  switch (schema.type) {
    case 'integer': return `a whole number${boundsText(schema)}`;
    case 'number': return `a number${boundsText(schema)}`;
    case 'array': return `a list${schema.items === undefined ? '' : ` of ${typeText(schema.items)}`}`;
    case 'object': return Object.keys(schema.properties ?? {}).length > 0 ? `a record of ${Object.keys(schema.properties!).join(', ')}` : 'a record';
    default: return simple[schema.type ?? ''] ?? 'anything';
  }
}

const defaultText = (schema: JsonSchema): string[] => (schema['default'] === undefined ? [] : [`By default ${JSON.stringify(schema['default'])}.`]);

/** What may stand behind a key; of a parameter, as a value of it. */
export const takesText = (schema: JsonSchema): string => typeText(schema.properties?.['values']?.items ?? schema);

/** What a key means, and what may stand behind it. */
export const helpOf = (schema: JsonSchema): string[] => [
  ...(typeof schema['description'] === 'string' ? [schema['description']] : []),
  `${schema.properties?.['values'] === undefined ? 'Takes' : 'A value is'} ${takesText(schema)}.`, ...defaultText(schema),
];

/** What the grammar says about the key or the value at an offset of a text; undefined where it says nothing. */
export function explainAt(grammar: JsonSchema, text: string, offset: number): Explanation | undefined {
  const place = writtenAt(text, offset);
  if (place === undefined) return undefined;
  const { from, to, word, document } = place;
  if (place.role === 'key') {
    const [schema] = schemasAt(grammar, document, [...place.path, word]);
    return schema && { from, to, title: word, lines: helpOf(schema) };
  }
  const [schema] = schemasAt(grammar, document, place.path);
  if (schema === undefined) return undefined;
  const key = wordsOfUnion(schema)?.key ?? 'kind';
  // the word of a record stands for it, and its `kind` names it
  const union = place.path.at(-1) === key ? schemasAt(grammar, document, place.path.slice(0, -1))[0] : schema;
  const kind = union && readings(union, { [key]: word }).find(({ properties }) => properties?.[key]?.const === word);
  return { from, to, title: word, lines: kind === undefined ? helpOf(schema) : [...(typeof kind['description'] === 'string' ? [kind['description']] : []), ...kindText(kind, key)] };
}

function kindText({ properties = {} }: JsonSchema, key: string): string[] {
  return Object.entries(properties).filter(([name]) => name !== key).map(([name, schema]) => `${name}: ${typeText(schema)}${schema['default'] === undefined ? '' : `; ${JSON.stringify(schema['default'])} unless given`}`);
}

import { parameterNames } from './parameters.js';
import type { ParameterName } from './parameters.js';
import { nearestWord } from './problem-text.js';
import { newName, renamedTo } from './renamed-keys.js';

/** The parameters that a table has in its rows and its columns; all others are fixed. */
export interface Axes {
  row: ParameterName;
  column: ParameterName;
}

/** The papers' own tables: Chen 2023, Table 3 and Table 4; EDM, figure 2. */
export const paperTables = {
  'noise-schedule': { row: 'schedule', column: 'inputScale' },
  'input-scale': { row: 'inputScale', column: 'schedule' },
  sampler: { row: 'sampler', column: 'steps' },
} as const satisfies Record<string, Axes>;
export type PaperTable = keyof typeof paperTables;

/** A table of the papers, or of any two parameters: "sampler", "discretisation-by-sampler". */
export type AblationName = PaperTable | `${ParameterName}-by-${ParameterName}`;

export const ablationNamesText = `${Object.keys(paperTables).join(', ')}, or ROW-by-COLUMN of two of ${parameterNames.join(', ')}`;

const isParameter = (name: string | undefined): name is ParameterName => (parameterNames as readonly (string | undefined)[]).includes(name);

/** The axes of a table. Undefined: no table has this name. */
export function axesOf(name: string): Axes | undefined {
  if (Object.hasOwn(paperTables, name)) return paperTables[name as PaperTable];
  const [row, column, more] = name.split('-by-');
  return more === undefined && isParameter(row) && isParameter(column) && row !== column ? { row, column } : undefined;
}

/** What is expected in place of a name that no table has: its new name, if one of its parameters was renamed. */
export function expectedTable(name: string): string {
  const renamed = name.split('-by-').map((word) => newName(word, parameterNames) ?? word).join('-by-');
  if (renamed !== name && isAblationName(renamed)) return renamedTo(name, renamed).expected;
  const nearest = nearestTable(name);
  return nearest === undefined ? ablationNamesText : `${ablationNamesText}; did you mean ${nearest}?`;
}

/** "inputScale-by-sampler" for "input-scale-by-samplers", "steps-by-sampler" for "steps". */
function nearestTable(name: string): AblationName | undefined {
  const words = name.split('-by-').map((word) => nearestWord(word.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()), parameterNames));
  const [row, column] = words;
  if (words.length === 2) return [`${row}-by-${column}`].find(isAblationName);
  const paper = nearestWord(name, Object.keys(paperTables));
  return paper === undefined && row !== undefined ? alone(row as ParameterName) : (paper as PaperTable | undefined);
}

export const isAblationName = (name: string): name is AblationName => axesOf(name) !== undefined;

/** The tables to read first: the papers' questions, and the one between them, each of two axes. */
const leading = ['noise-schedule', 'inputScale-by-sampler', 'sampler'] as const satisfies readonly AblationName[];

/** The other axis for a parameter that none of these shows: the first of these that varies. */
const partners: readonly ParameterName[] = ['sampler', 'steps', 'schedule', 'inputScale'];

/** The table of the only parameter that varies: its values in rows, one column. */
const alone = (name: ParameterName): AblationName =>
  (Object.keys(paperTables) as PaperTable[]).find((table) => paperTables[table].row === name) ?? `${name}-by-${name === 'steps' ? 'sampler' : 'steps'}`;

/** The tables of a sweep, the first to read first: both axes of each vary, and each parameter that varies is in one of them. Of a single parameter: one table with one column. */
export function tablesOf(varying: readonly string[]): AblationName[] {
  const varies = (name: ParameterName): boolean => varying.includes(name);
  const names = parameterNames.filter(varies);
  if (names.length === 1) return names.map(alone);
  const tables: AblationName[] = leading.filter((table) => axesIn(table).every(varies));
  for (const name of names) {
    if (tables.flatMap(axesIn).includes(name)) continue;
    const partner = [...partners.filter(varies), ...names].find((other) => other !== name)!;
    tables.push(`${name}-by-${partner}`);
  }
  return tables;
}

const axesIn = (table: AblationName): ParameterName[] => Object.values(axesOf(table)!);

import { parameterNames } from './parameters.js';
import type { ParameterName } from './parameters.js';
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
  return renamed !== name && isAblationName(renamed) ? renamedTo(name, renamed).expected : ablationNamesText;
}

export const isAblationName = (name: string): name is AblationName => axesOf(name) !== undefined;

/** The other axis for a parameter that is in no paper's table: the first of these that varies. */
const partners: readonly ParameterName[] = ['sampler', 'steps', 'schedule', 'inputScale'];

/** The tables of a sweep: the papers' tables with a varying axis, and one for each further parameter that varies. */
export function tablesOf(varying: readonly string[]): AblationName[] {
  const varies = (name: ParameterName) => varying.includes(name);
  const papers = (['noise-schedule', 'sampler'] as const).filter((name) => Object.values(paperTables[name]).some(varies));
  const shown = new Set(papers.flatMap((name): ParameterName[] => Object.values(paperTables[name])));
  const others = parameterNames.filter((name) => varies(name) && !shown.has(name));
  const partner = partners.find(varies) ?? 'steps';
  return [...papers, ...others.map((name): AblationName => `${name}-by-${partner}`)];
}

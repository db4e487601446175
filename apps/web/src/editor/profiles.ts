import { isMap, isScalar, type Pair } from 'yaml';
import { readYaml, valuesOf } from './place.js';

/** The profiles of a sweep file, and which it uses. */
export interface Profiles {
  names: string[];
  used: string | undefined;
}

export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

export function profilesIn(text: string): Profiles {
  const { profiles, profile } = (valuesOf(readYaml(text)) ?? {}) as { profiles?: unknown; profile?: unknown };
  return { names: typeof profiles === 'object' && profiles !== null ? Object.keys(profiles) : [], used: typeof profile === 'string' ? profile : undefined };
}

/** The change of a text that makes it use a profile, or none: its line `profile:`. Undefined where the file is one line, or JSON. */
export function profileChange(text: string, name: string | undefined): TextChange | undefined {
  const { contents } = readYaml(text);
  if (!isMap(contents) || contents.flow === true) return undefined;
  const offsetOf = (wanted: string): number | undefined => contents.items.flatMap(({ key }: Pair) => (isScalar(key) && key.value === wanted ? [key.range?.[0]] : []))[0];
  const [own, all] = [offsetOf('profile'), offsetOf('profiles')];
  const insert = name === undefined ? '' : `profile: ${JSON.stringify(name).replace(/^"([A-Za-z][\w-]*)"$/, '$1')}\n`;
  if (own === undefined) return all === undefined ? undefined : { from: all, to: all, insert };
  const end = text.indexOf('\n', own);
  return { from: own, to: end < 0 ? text.length : end + 1, insert };
}

import { isRecord } from './members.js';
import { programParts, programSchema } from './program-grammar.js';

/** Contents of every program that a sweep names, each once; wherever a record of kind program may stand. */
export function programsIn(spec: unknown): string[] {
  const found = new Set<string>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const member of value) look(member);
    if (!isRecord(value)) return;
    if (value['kind'] === programSchema.shape.kind.value && programParts.contents.safeParse(value['contents']).success) found.add(String(value['contents']));
    for (const member of Object.values(value)) look(member);
  };
  look(spec);
  return [...found];
}

/** The archives that a stage needs besides what it reads of other stages: name of the input -> name of the file -> sha256. */
export function archivesOf(params: unknown): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const [contents] = programsIn(params);
  return contents === undefined ? {} : { program: { program: contents } };
}

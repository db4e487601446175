import { isScalar, visit } from 'yaml';
import type { Document } from 'yaml';

/** Deeper than any sweep, and shallow enough for a parser that calls itself at each level. */
const maxOpen = 100;
const maxIndicators = 100;
const maxIndent = 200;

/** A place in YAML text where it nests too deep to be parsed, or null. The parser takes minutes over such text, or ends the process. */
export function tooDeepAt(text: string): number | null {
  let open = 0;
  let offset = 0;
  for (const line of text.split('\n')) {
    const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    const indicators = line.match(/[-?](?=[ \t])/g)?.length ?? 0;
    for (const [bracket] of line.matchAll(/[[\]{}]/g)) open = Math.max(0, open + (bracket === '[' || bracket === '{' ? 1 : -1));
    if (open > maxOpen || indicators > maxIndicators || (indent > maxIndent && indent < line.length)) return offset;
    offset += line.length + 1;
  }
  return null;
}

export interface Finding {
  pos: readonly [number, number];
  message: string;
}

/** Keys written twice in one mapping. The parser's own check compares every key with every other: minutes for a megabyte of keys. */
export function repeatedKeys(document: Document.Parsed): Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const [from = 0, to = 0] = key.range ?? [];
        if (seen.has(String(key.value))) findings.push({ pos: [from, to], message: 'Map keys must be unique' });
        seen.add(String(key.value));
      }
    },
  });
  return findings;
}

import { isScalar, visit } from 'yaml';
import type { Document } from 'yaml';

/** Deeper than any sweep, but shallow enough for a recursive parser. */
const maxOpen = 100;
const maxIndicators = 100;
const maxIndent = 200;

/** A place where YAML text is nested too deeply to be parsed, or null. The parser takes minutes for such text, or crashes the process. */
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

import type { Problem } from './errors.js';
import { isRecord, type Members } from './members.js';
import { nearestWord, oneOf, shortText } from './problem-text.js';

/** A change with one of these keys replaces the whole record; other records are merged key by key. */
const wholes = ['kind', 'name', 'value', 'values', 'distribution'];

/** `base` with the members of `changes` merged into its own. */
function changed(base: Members, changes: Members): Members {
  return { ...base, ...Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, merged(base[key], value)])) };
}

function merged(base: unknown, changes: unknown): unknown {
  if (!isRecord(base) || !isRecord(changes) || wholes.some((key) => Object.hasOwn(changes, key))) return changes;
  return changed(base, changes);
}

/** A profile changes the sweep, not the list of profiles nor which one is selected. */
const nestedProblems = (profiles: Members): Problem[] => Object.entries(profiles).flatMap(([name, changes]) => ['profiles', 'profile']
  .filter((key) => isRecord(changes) && Object.hasOwn(changes, key))
  .map((key) => ({ path: `profiles.${name}.${key}`, value: shortText((changes as Members)[key]), expected: `no ${key} within a profile: each stands on its own, in \`profiles\` of the file` })));

/**
 * A sweep file with one of its profiles applied: `profiles` holds, by name, what each changes; `profile` (or the one
 * requested here) selects one; absent: the file as written. The result holds the name and no `profiles`, so it is itself a sweep file.
 */
export function withProfile(document: unknown, requested?: string): { document: unknown; problems: Problem[] } {
  if (!isRecord(document)) return { document, problems: [] };
  const { profiles, profile: written, ...base } = document;
  const name = requested ?? written;
  if (!isRecord(profiles)) {
    const unknown = requested !== undefined || profiles !== undefined;
    return unknown ? { document, problems: [{ path: 'profiles', value: shortText(profiles), expected: requested === undefined ? 'a record of profiles by name' : `a profile named ${requested}; this file has none` }] } : { document, problems: [] };
  }
  const nested = nestedProblems(profiles);
  if (nested.length > 0) return { document, problems: nested };
  if (name === undefined) return { document: base, problems: [] };
  const changes = Object.hasOwn(profiles, String(name)) ? profiles[String(name)] : undefined;
  const nearest = nearestWord(name, Object.keys(profiles));
  if (!isRecord(changes)) return { document, problems: [{ path: 'profile', value: shortText(name), expected: oneOf(Object.keys(profiles)), ...(nearest !== undefined && { nearest }) }] };
  return { document: { ...changed(base, changes), profile: name }, problems: [] };
}

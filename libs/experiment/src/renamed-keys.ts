/** Words of sweep files, tables and query parameters that were renamed, old -> new: keys, parameters and values alike. */
export const renamedKeys: Readonly<Record<string, string>> = {
  grid: 'discretisation',
  noiseLevelNetwork: 'noiseLevelEstimator',
  held: 'fixed',
};

/** The new name of an old word, if it is one of the words allowed there. */
export function newName(word: unknown, valid: readonly string[]): string | undefined {
  const found = typeof word === 'string' && Object.hasOwn(renamedKeys, word) ? renamedKeys[word] : undefined;
  return found !== undefined && valid.includes(found) ? found : undefined;
}

/** The text of a problem for an old word. */
export const renamedTo = (word: unknown, name: string): { expected: string; nearest: string } => ({ expected: `${name}, the new name of ${String(word)}`, nearest: name });

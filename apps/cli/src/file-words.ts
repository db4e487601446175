/** Words as the name of a file: letters, digits, points and hyphens, cut where a file system could refuse more. */
export const fileWords = (words: readonly string[]): string => words.join('-').replace(/[^A-Za-z0-9.]+/g, '-').slice(0, 180).replace(/-+$/, '');

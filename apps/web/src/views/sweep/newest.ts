/** The first `most` different names: of what arrived, the newest first, then of what was there before. */
export const newest = (arrived: readonly string[], before: readonly string[], most: number): string[] => [...new Set([...arrived, ...before])].slice(0, most);

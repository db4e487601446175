/** What a page of a list has beside its items. */
interface Cursor {
  nextCursor: string | null;
}

/** The items of all pages, in their order. */
export async function everyPage<P extends Cursor, T>(page: (cursor: string | undefined) => Promise<P>, itemsOf: (page: P) => readonly T[]): Promise<T[]> {
  const found: T[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const read = await page(cursor);
    found.push(...itemsOf(read));
    cursor = read.nextCursor;
  }
  return found;
}

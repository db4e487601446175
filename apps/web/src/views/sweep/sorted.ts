/** What a leaderboard is sorted by, as addresses have it; by rank without it. */
export interface Sorted {
  sort?: string;
  order?: 'ascending' | 'descending';
}

/** The order of a leaderboard in an address. */
export function sortedOf(query: URLSearchParams): Sorted {
  const sort = query.get('sort');
  return sort === null ? {} : { sort, order: query.get('order') === 'descending' ? 'descending' : 'ascending' };
}

/** What a click on a column's head leads to: ascending, then descending, then by rank again. `by` undefined: the ranks. */
export function nextSorted({ sort, order }: Sorted, by: string | undefined): { sort: string | null; order: string | null } {
  if (by === undefined || (sort === by && order === 'descending')) return { sort: null, order: null };
  return { sort: by, order: sort === by ? 'descending' : null };
}

/** As a screen reader hears it of a column's head. */
export const ariaSortOf = ({ sort, order }: Sorted, by: string | undefined): 'ascending' | 'descending' | 'none' => (sort !== by ? 'none' : order ?? 'ascending');

import type { StageSummary } from '@elucidate/store/queries/stages';

export interface StagesPage {
  stages: StageSummary[];
  nextCursor: string | null;
}

/** The stages of all pages, in their order. */
export async function everyPage(page: (cursor: string | undefined) => Promise<StagesPage>): Promise<StageSummary[]> {
  const found: StageSummary[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const { stages, nextCursor } = await page(cursor);
    found.push(...stages);
    cursor = nextCursor;
  }
  return found;
}

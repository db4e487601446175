import type { LeaderboardRow } from '@elucidate/experiment/tables';
import type { LeaderboardGroup } from './schemas/results.js';

/** Ranks by mean FID, equal means equal ranks ("1, 2, 2, 4"); rows without one follow, unranked. */
function ranked(rows: readonly LeaderboardRow[]): LeaderboardRow[] {
  const sorted = [...rows].sort((a, b) => (a.fid?.mean ?? Infinity) - (b.fid?.mean ?? Infinity));
  let rank = 1;
  return sorted.map((row, index) => {
    if (row.fid?.mean !== sorted[index - 1]?.fid?.mean) rank = index + 1;
    return { ...row, rank: row.fid === null ? null : rank };
  });
}

/** Rows apart by what two FIDs must share to compare: evaluator and n. Rows not scored yet come last; ranks count within a group, over all its sweeps. */
export function groupRows(rows: readonly LeaderboardRow[]): LeaderboardGroup[] {
  const byKey = new Map<string, LeaderboardRow[]>();
  for (const row of rows) {
    const key = `${row.evaluator} ${row.n}`;
    const group = byKey.get(key) ?? [];
    group.push(row);
    byKey.set(key, group);
  }
  const groups = [...byKey.values()].map((members): LeaderboardGroup => {
    const [first] = members;
    return { evaluator: first?.evaluator ?? null, n: first?.n ?? null, fidFloor: first?.fidFloor ?? null, kidFloor: first?.kidFloor ?? null, rows: ranked(members) };
  });
  return groups.sort((a, b) => Number(a.evaluator === null) - Number(b.evaluator === null) || (b.n ?? 0) - (a.n ?? 0));
}

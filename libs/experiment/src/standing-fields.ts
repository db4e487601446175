import type { Standing } from './tables.js';

/** A standing as fields of a record: difference to the best, its interval, adjusted p, whether it can be told apart; empty for what was not compared. */
export function standingFields(standing: Standing | null | undefined): (number | boolean | null)[] {
  const { toBest } = standing ?? {};
  return [toBest?.mean ?? null, toBest?.interval?.low ?? null, toBest?.interval?.high ?? null, toBest?.p ?? null, standing?.apart ?? null];
}

import type { AskedScores } from './score-basis.js';
import type { AblationTable } from './tables.js';

/** A table, and, unless some scores are asked for, those of the other evaluators and numbers of images; `tableOf` reads one, and they are read one after another. */
export async function everyTable(tableOf: (scores: AskedScores | undefined) => Promise<AblationTable>, asked?: AskedScores): Promise<[AblationTable, ...AblationTable[]]> {
  const tables: [AblationTable, ...AblationTable[]] = [await tableOf(asked)];
  const others = asked?.n === undefined && asked?.evaluator === undefined ? tables[0].basis?.leftOut ?? [] : [];
  for (const { n, evaluator } of others) tables.push(await tableOf({ n: n ?? undefined, evaluator: evaluator ?? undefined }));
  return tables;
}

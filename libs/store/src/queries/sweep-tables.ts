import { tablesOf, type AblationName } from '@elucidate/experiment/ablations';
import { parameterNames, type ParameterName } from '@elucidate/experiment/parameters';
import type { Queryable } from '../queryable.js';
import { summarise } from './summaries.js';
import { sweepAxes, type SweepAxes } from './sweep-axes.js';

/** The parameters on which the cells of a sweep differ, in the order of the table of parameters. */
export const varyingOf = (axes: SweepAxes): ParameterName[] => parameterNames.filter((name) => axes.get(name)?.dimension != null);

/** The ablation tables of what a sweep varies, the first to read first. */
export async function sweepTables(db: Queryable, sweepId: string): Promise<AblationName[]> {
  await summarise(db, sweepId);
  return tablesOf(varyingOf(await sweepAxes(db, sweepId)));
}

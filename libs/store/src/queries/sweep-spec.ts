import type { Spec } from '@elucidate/experiment/spec';
import { storedParameters } from '@elucidate/experiment/stored-parameters';
import { rows, type Queryable } from '../queryable.js';

export interface StoredSpec {
  /** With all defaults filled in, the parameters in the order of the grid's axes. */
  spec: Spec;
  version: number;
}

/** The spec of a sweep, null if there is none of this id. */
export async function getSpec(db: Queryable, sweepId: string): Promise<StoredSpec | null> {
  const [found] = await rows<{ spec: Omit<Spec, 'parameters'> & { parameters?: Partial<Spec['parameters']> }; version: number; order: string[] | null }>(db, 'select spec, version, parameter_order as "order" from sweeps where id = $1', [sweepId]);
  if (found === undefined) return null;
  const { spec, version, order } = found;
  return { spec: { ...spec, parameters: spec.parameters === undefined ? {} as Spec['parameters'] : storedParameters({ ...spec, parameters: spec.parameters }, order ?? []) }, version };
}

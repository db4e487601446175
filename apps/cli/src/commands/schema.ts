import { jsonOf } from '@elucidate/experiment/printable';
import { namedSpecSchema } from '@elucidate/experiment/json-schema';

/** The grammar of sweep files as JSON Schema, to standard output. */
export function schema(): void {
  console.log(jsonOf(namedSpecSchema()));
}

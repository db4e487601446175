import { namedSpecSchema } from '@elucidate/experiment/json-schema';

/** The grammar of sweep files as JSON Schema, to standard output. */
export function schema(): void {
  console.log(JSON.stringify(namedSpecSchema(), null, 2));
}

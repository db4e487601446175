import { createHash } from 'node:crypto';
import { ElucidateError } from '@elucidate/experiment/errors';
import { z } from 'zod';

/** The version of a sweep that an edit is to be made on; null: whichever it has. */
export type SeenVersion = number | null;

/**
 * `*`, or an ETag of ours: a version, and behind a full stop what else the response depended on, which an edit does not. Proxies that compress make ETags
 * weak; a version is exact all the same.
 */
export const ifMatchSchema = z.string().regex(/^(\*|(W\/)?"\d{1,9}(\.[\w-]+)?")$/, 'an ETag of the sweep, such as "3", or *')
  .transform((tag): SeenVersion => (tag === '*' ? null : Number(/\d+/.exec(tag)![0])))
  .describe('The ETag of the sweep as it was seen; the request is refused if it has been edited since. *: whatever it is now.');

/** Throws 'request.precondition_required' where an edit does not say which version it was made for. */
export function requireSeen(seen: SeenVersion | undefined, { id, otherwise = '' }: { id: string; otherwise?: string }): SeenVersion {
  if (seen === undefined) throw new ElucidateError('request.precondition_required', `Send If-Match with the ETag of GET /v1/sweeps/${id}, or * for whatever the sweep is now${otherwise}`);
  return seen;
}

/** The ETag of a sweep's version; of a response that also has the sweep's progress, give its body. */
export function versionTag(version: number, body?: object): string {
  return `"${version}${body === undefined ? '' : `.${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 22)}`}"`;
}

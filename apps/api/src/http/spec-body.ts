import type { IncomingMessage } from 'node:http';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { specMediaTypes } from './media.js';

/** Larger bodies are refused unread. */
export const maxBodyBytes = 2 * 1024 * 1024;

/** What the text parser leaves on a request: the body as text, or nothing when its media type is none of ours. */
export interface TextRequest extends IncomingMessage {
  body?: unknown;
}

const mediaTypeOf = (request: IncomingMessage) => (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ElucidateError('request.invalid', `The body is not JSON: ${(cause as Error).message}. Mend it, or send YAML as application/yaml.`, { cause });
  }
}

function textOf(request: TextRequest): string {
  if (typeof request.body === 'string' && request.body !== '') return request.body;
  const given = mediaTypeOf(request);
  if (given !== '' && !specMediaTypes.includes(given)) {
    throw new ElucidateError('request.unsupported', `A sweep cannot be read from ${given}; send application/yaml or application/json (curl: -H 'content-type: application/yaml' --data-binary @sweep.yaml)`);
  }
  throw new ElucidateError('request.invalid', 'The request has no body; send the sweep as application/yaml or application/json');
}

/** The sweep a request carries, as the spec parser resolves it. */
export function readSpec(request: TextRequest) {
  const text = textOf(request);
  return parseSpec(mediaTypeOf(request) === 'application/json' ? parseJson(text) : text);
}

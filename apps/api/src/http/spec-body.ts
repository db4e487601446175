import { createParamDecorator } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import type { SpecText } from '@elucidate/dispatch/plan-messages';
import { ElucidateError } from '@elucidate/experiment/errors';
import { onMethod } from '../openapi/on-method.js';

/** Media types of a sweep in a request. */
export const specMediaTypes: readonly string[] = ['application/yaml', 'application/x-yaml', 'text/yaml', 'text/x-yaml', 'application/json', 'text/plain'];

/** Larger bodies are rejected without being read. */
export const maxBodyBytes = 2 * 1024 * 1024;

/** A request after the text parser: its body as text, absent for other media types. */
export interface TextRequest extends IncomingMessage {
  body?: unknown;
}

/** "application/json"; empty where none is given. */
export const mediaTypeOf = (request: IncomingMessage): string => (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

function textOf(request: TextRequest): string {
  if (typeof request.body === 'string' && request.body !== '') return request.body;
  const given = mediaTypeOf(request);
  if (given !== '' && !specMediaTypes.includes(given)) {
    throw new ElucidateError('request.unsupported', `A sweep cannot be read from ${given}; send application/yaml or application/json (curl: -H 'content-type: application/yaml' --data-binary @sweep.yaml)`);
  }
  throw new ElucidateError('request.invalid', 'The request has no body; send the sweep as application/yaml or application/json');
}

/** The text of the sweep in a request, not parsed yet: parsing may take seconds. Throws request.invalid, request.unsupported. */
export function specText(request: TextRequest): SpecText {
  return { text: textOf(request), format: mediaTypeOf(request) === 'application/json' ? 'json' : 'yaml' };
}

const readBody = createParamDecorator((_, context) => specText(context.switchToHttp().getRequest<TextRequest>()));

/** The sweep in the body, as YAML or JSON. */
export const SpecBody = (): ParameterDecorator => (target, key, index) => {
  readBody()(target, key, index);
  onMethod(ApiConsumes(...specMediaTypes), target, key);
  onMethod(ApiBody({ schema: { $ref: '#/components/schemas/Spec' } }), target, key);
};

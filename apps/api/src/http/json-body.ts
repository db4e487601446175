import { createParamDecorator } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { ElucidateError } from '@elucidate/experiment/errors';
import { z } from 'zod';
import { onMethod } from '../openapi/on-method.js';
import { mediaTypeOf } from './spec-body.js';
import type { TextRequest } from './spec-body.js';

const hasBody = ({ headers }: TextRequest): boolean => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** The JSON in a request, an empty object if there is none. Throws request.invalid, request.unsupported. */
function jsonIn(request: TextRequest): unknown {
  const { body } = request;
  if (typeof body !== 'string' && hasBody(request)) {
    throw new ElucidateError('request.unsupported', `JSON cannot be read from ${mediaTypeOf(request) || 'a body without a content type'}; send application/json (curl: -H 'content-type: application/json' -d '{...}')`);
  }
  if (typeof body !== 'string' || body.trim() === '') return {};
  try {
    return JSON.parse(body) as unknown;
  } catch (cause) {
    throw new ElucidateError('request.invalid', `The body is not JSON (${(cause as Error).message})`, { cause });
  }
}

const readBody = createParamDecorator((_, context) => jsonIn(context.switchToHttp().getRequest<TextRequest>()));

/** The members of a JSON object in the body, checked by their schema; all of them may be absent, and the body with them. */
export const JsonBody = (schema: z.ZodObject): ParameterDecorator => (target, key, index) => {
  readBody(undefined, { schema })(target, key, index);
  const described = z.toJSONSchema(schema, { io: 'input' });
  delete described.$schema;
  onMethod(ApiBody({ required: false, schema: described as object }), target, key);
};

import { createParamDecorator } from '@nestjs/common';
import type { PipeTransform, Type } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { z } from 'zod';
import type { CallerRequest } from '../http/authentication.js';
import { parseRequest } from '../http/parse-request.js';
import { onMethod } from '../openapi/on-method.js';

/** A request whose path names a record. */
export interface PathRequest extends CallerRequest {
  params: Readonly<Record<string, string>>;
}

const readRequest = createParamDecorator((_, context) => context.switchToHttp().getRequest<PathRequest>());

/** The id in the path. Throws request.invalid. */
export const idIn = async ({ params }: PathRequest, schema: z.ZodType<string>): Promise<string> => (await parseRequest(schema, params['id'], 'id')) as string;

/** The record that `:id` in the path names, as a pipe finds it: the pipe is given the request, since what is found depends on its principal. */
export const recordParam = (schema: z.ZodType<string>, Find: Type<PipeTransform<PathRequest>>): ParameterDecorator => (target, key, index) => {
  readRequest(Find)(target, key, index);
  onMethod(ApiParam({ name: 'id', schema: { type: 'string', pattern: (z.toJSONSchema(schema) as { pattern: string }).pattern } }), target, key);
};

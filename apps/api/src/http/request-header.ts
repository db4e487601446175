import { createParamDecorator } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { onMethod } from '../openapi/on-method.js';

/** A header of a request; undefined where absent or empty. */
export function headerOf({ headers }: IncomingMessage, name: string): string | string[] | undefined {
  const value = headers[name.toLowerCase()];
  return value === '' ? undefined : value;
}

const readHeader = createParamDecorator((name: string, context) => headerOf(context.switchToHttp().getRequest<IncomingMessage>(), name));

/** A request header, checked by its schema and described by it in the OpenAPI document; undefined where absent or empty. */
export const RequestHeader = (name: string, schema: z.ZodType): ParameterDecorator => (target, key, index) => {
  readHeader(name, { schema: schema.optional() })(target, key, index);
  onMethod(ApiHeader({ name, required: false, ...(schema.description !== undefined && { description: schema.description }) }), target, key);
};

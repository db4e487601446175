import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiResponse } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import type { z } from 'zod';
import { mediaTypes } from '../http/negotiate.js';
import { problemSchema } from '../schemas/problem.js';
import { schemaReference } from './schemas.js';

/** Responses that operations refer to. */
export const componentResponses = { Problem: { description: 'What is wrong, and the remedy.', content: { 'application/problem+json': { schema: schemaReference(problemSchema) } } } };

/** A problem of this status, by reference. */
export const problemAnswer = (status: number) => ({ status, description: STATUS_CODES[status] ?? 'Error', $ref: '#/components/responses/Problem' });

/** Statuses of the problems an operation may respond with, besides 400, 401, 403, 429, 500 and 503, which every operation has. */
export const ApiProblems = (...statuses: readonly number[]): MethodDecorator => applyDecorators(...statuses.map((status) => ApiResponse(problemAnswer(status))));

/** A 200 response in one of these media types. */
export const ApiMedia = (description: string, ...types: readonly string[]): MethodDecorator =>
  ApiOkResponse({ description, content: Object.fromEntries(types.map((type) => [type, {}])) });

/** A 200 response with a table: JSON of this schema, or text in the other formats. */
export const ApiTable = (description: string, schema: z.ZodType): MethodDecorator => {
  const types = Object.values(mediaTypes).map((type) => type.split(';')[0] ?? type);
  const contentOf = (type: string) => (type === 'application/json' ? { schema: schemaReference(schema) } : {});
  return applyDecorators(ApiOkResponse({ description, content: Object.fromEntries(types.map((type) => [type, contentOf(type)])) }), ApiProblems(406));
};

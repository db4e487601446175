import type { ArgumentMetadata } from '@nestjs/common';
import type { z } from 'zod';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Problem } from '@elucidate/experiment/errors';
import { expectedWords } from '@elucidate/experiment/expected-words';
import { newName, renamedTo } from '@elucidate/experiment/renamed-keys';

type Schema = NonNullable<ArgumentMetadata['schema']>;
type Issue = Extract<Awaited<ReturnType<Schema['~standard']['validate']>>, { issues: object }>['issues'][number];

const keysOf = ({ path = [] }: Issue): PropertyKey[] => path.map((segment) => (typeof segment === 'object' ? segment.key : segment));

const membersOf = (schema: Schema): string[] => ('shape' in schema ? Object.keys(schema.shape as object) : []);

/** Members that the schema has under a new name, as problems; empty if the issue is another one. */
function renamedMembers(schema: Schema, issue: Issue, place: string): Omit<Problem, 'value'>[] {
  const unknown = 'keys' in issue ? (issue.keys as string[]) : [];
  return unknown.flatMap((key) => {
    const name = newName(key, membersOf(schema));
    return name === undefined ? [] : [{ path: `${place}.${key}`, ...renamedTo(key, name) }];
  });
}

/** Validates one part of a request, `place`, and returns the value the schema produces. Throws request.invalid naming every wrong member. */
export async function parseRequest(schema: Schema, value: unknown, place: string): Promise<unknown> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  const problems = result.issues.flatMap((issue): Problem[] => {
    const renamed = renamedMembers(schema, issue, place);
    if (renamed.length > 0) return renamed.map((problem) => ({ ...problem, value: 'not known' }));
    const keys = keysOf(issue);
    const found = keys.reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
    return [{ path: [place, ...keys.map(String)].join('.'), value: JSON.stringify(found)?.slice(0, 80) ?? 'nothing', expected: expectedWords(issue as z.core.$ZodIssue) }];
  });
  const list = problems.map(({ path, value: found, expected }) => `${path} is ${found}; expected ${expected}`).join('; ');
  throw new ElucidateError('request.invalid', `The request is not valid: ${list}`, { problems });
}

import { ElucidateError } from '@elucidate/experiment/errors';
import type { TextRequest } from './spec-body.js';
import { specText } from './spec-body.js';

const request = (body: unknown, type?: string) => ({ body, headers: type === undefined ? {} : { 'content-type': type } }) as unknown as TextRequest;

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof ElucidateError ? error.code : String(error);
  }
  return 'nothing was thrown';
};

test.each([
  ['application/json; charset=utf-8', 'json'],
  ['application/yaml', 'yaml'],
  ['text/plain', 'yaml'],
])('a body sent as %s is read as %s', (type, format) => {
  expect(specText(request('{"name":"x"}', type))).toEqual({ text: '{"name":"x"}', format });
});

test.each([
  ['a form', 'request.unsupported', request(undefined, 'application/x-www-form-urlencoded')],
  ['no body', 'request.invalid', request(undefined)],
])('%s is refused with the code %s', (_what, code, given) => {
  expect(codeOf(() => specText(given))).toBe(code);
});

import { ElucidateError } from '@elucidate/experiment/errors';
import type { TextRequest } from './spec-body.js';
import { readSpec } from './spec-body.js';

const request = (body: unknown, type?: string) => ({ body, headers: type === undefined ? {} : { 'content-type': type } }) as unknown as TextRequest;

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof ElucidateError ? error.code : String(error);
  }
  return 'nothing was thrown';
};

test('the same sweep as YAML and as JSON is one sweep', () => {
  const yaml = readSpec(request('name: x\ndataset: {name: fashion-mnist, resolution: 16}\nparameters: {steps: {values: [5, 10]}}', 'application/yaml'));
  const json = readSpec(request('{"name":"x","dataset":{"name":"fashion-mnist","resolution":16},"parameters":{"steps":{"values":[5,10]}}}', 'application/json; charset=utf-8'));
  expect(json).toEqual(yaml);
});

test.each([
  ['a form', 'request.unsupported', request(undefined, 'application/x-www-form-urlencoded')],
  ['no body', 'request.invalid', request(undefined)],
  ['half a JSON object', 'request.invalid', request('{"name":', 'application/json')],
  ['half a YAML mapping', 'spec.invalid', request('{name:', 'application/yaml')],
])('%s is refused with the code %s', (_what, code, given) => {
  expect(codeOf(() => readSpec(given))).toBe(code);
});

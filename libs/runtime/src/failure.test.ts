import { ElucidateError } from '@elucidate/experiment/errors';
import { errorOf } from '@elucidate/experiment/failure';
import { failureOf } from './failure.js';

describe('failureOf', () => {
  it('carries code, message, details and problems of an ElucidateError through JSON', () => {
    const error = new ElucidateError('data.corrupt', 'File x has 3 bytes, expected 4', { details: { bytes: 3 }, problems: [{ path: 'a', value: '1', expected: '2' }] });
    const back = errorOf(JSON.parse(JSON.stringify(failureOf(error))));
    expect(back).toMatchObject({ code: 'data.corrupt', message: error.message, details: { bytes: 3 }, problems: error.problems, retryable: false });
  });

  it('reports a full disk as such, so that the stage is retried', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(errorOf(failureOf(full))).toMatchObject({ code: 'disk.full', retryable: true });
  });

  it('reports exhausted memory as such', () => {
    expect(failureOf(new RangeError('Array buffer allocation failed')).code).toBe('engine.out_of_memory');
    expect(failureOf(new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded')).code).toBe('engine.out_of_memory');
  });

  it('keeps the stack of an unexpected error', () => {
    const failure = failureOf(new TypeError('x is not a function'));
    expect(failure).toMatchObject({ code: 'stage.failed', message: 'TypeError: x is not a function' });
    expect(failure.details['stack']).toContain('failure.test.ts');
    expect(failureOf('thrown text').message).toBe('Error: thrown text');
  });
});

import { failureFrom, withoutStderr } from './ending.js';

const ending = { command: 'python3 train.py', code: 0, signal: null, said: ['Traceback', 'CUDA error'] };

it('is no failure for exit code 0', () => {
  expect(failureFrom(ending)).toBeUndefined();
});

it.each<[number | null, string | null, { code: string; retryable: boolean }, RegExp]>([
  [64, null, { code: 'stage.failed', retryable: false }, /cannot do this task/],
  [65, null, { code: 'stage.diverged', retryable: false }, /no longer finite/],
  [69, null, { code: 'program.needs_missing', retryable: true }, /lacks what it needs/],
  [127, null, { code: 'program.needs_missing', retryable: true }, /called a command that this worker does not have/],
  [75, null, { code: 'program.unavailable', retryable: true }, /cannot run now/],
  [143, null, { code: 'stage.crashed', retryable: true }, /SIGTERM although the worker was not asked to stop/],
  [null, 'SIGTERM', { code: 'stage.crashed', retryable: true }, /SIGTERM although/],
  [137, null, { code: 'stage.crashed', retryable: true }, /SIGKILL, perhaps because memory ran out/],
  [139, null, { code: 'stage.crashed', retryable: true }, /SIGSEGV/],
  [null, 'SIGABRT', { code: 'stage.crashed', retryable: true }, /SIGABRT/],
  [1, null, { code: 'stage.failed', retryable: false }, /exit code 1.*program check/],
  [255, null, { code: 'stage.failed', retryable: false }, /exit code 255/],
])('of exit code %s, signal %s, is %j', (code, signal, expected, message) => {
  const failure = failureFrom({ ...ending, code, signal })!;
  expect({ code: failure.code, retryable: failure.retryable }).toEqual(expected);
  expect(failure.message).toMatch(message);
  expect(failure.message).toMatch(/^The program `python3 train.py`[^]*Traceback\nCUDA error$/);
});

it.each([
  ["ModuleNotFoundError: No module named 'torch'", 'program.needs_missing'],
  ['ImportError: libcudart.so.12: cannot open shared object file: No such file or directory', 'program.needs_missing'],
  ["ImportError: cannot import name 'Nett' from 'net'", 'stage.failed'],
  ["RuntimeError: ModuleNotFoundError: No module named 'x'", 'stage.failed'],
])('of a Python that ends with %j is %s', (last, code) => {
  expect(failureFrom({ ...ending, code: 1, said: ['Traceback (most recent call last):', last, ''] })).toMatchObject({ code, message: expect.stringContaining(last) as string });
});

it('has a message for those who have seen its standard error, and the lines that it leaves out', () => {
  expect(withoutStderr(failureFrom({ ...ending, code: 255 })!)).toEqual({ stderr: ending.said, brief: expect.stringMatching(/^The program `python3 train.py` ended with exit code 255[^\n]*; what it wrote to standard error is above$/) as string });
  const silent = failureFrom({ ...ending, code: 255, said: [] })!;
  expect(withoutStderr(silent)).toEqual({ stderr: [], brief: silent.message });
});

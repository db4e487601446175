import { ElucidateError } from '@elucidate/experiment/errors';
import { failureFrom, type Failure } from '@elucidate/experiment/failure';
import { systemError } from '@elucidate/experiment/system-error';
import { messageLimit, shortened } from '@elucidate/experiment/text-limits';

const stackLimit = 8000;

/** Any thrown value as plain data, its message cut in the middle if it is long. What the operating system refuses and exhausted memory get their codes; anything else unforeseen is stage.failed, with its stack in the details. */
export function failureOf(thrown: unknown): Failure {
  const failure = unboundedFailure(thrown);
  return { ...failure, message: shortened(failure.message, messageLimit) };
}

function unboundedFailure(thrown: unknown): Failure {
  if (thrown instanceof ElucidateError) return failureFrom(thrown);
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const plain = { details: { stack: (error.stack ?? '').slice(0, stackLimit) }, problems: [] };
  const system = systemError(error);
  if (system) return { ...failureFrom(system), ...plain };
  if (isOutOfMemory(error)) return { code: 'engine.out_of_memory', message: `Memory ran out (${error.message}); use a smaller batch or network, or fewer workers at a time`, ...plain };
  return { code: 'stage.failed', message: `${error.name}: ${error.message}`, ...plain };
}

function isOutOfMemory(error: Error): boolean {
  return error instanceof RangeError && /allocation failed|Memory\.grow|could not allocate memory/i.test(error.message);
}

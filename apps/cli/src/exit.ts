import { ElucidateError, type ErrorCode } from '@elucidate/experiment/errors';
import { CommanderError } from 'commander';

/** What the exit code of `elucidate` tells: 0 done, 1 a sweep ended with failures, 2 bad input, 3 something the machine lacks, 130 interrupted. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, environment: 3, interrupted: 130 } as const;

const environmentCodes: ReadonlySet<ErrorCode> = new Set(['data.missing', 'data.corrupt', 'disk.full', 'engine.absent', 'embedded.unavailable', 'database.unreachable', 'database.outdated', 'queue.unreachable']);

/** Thrown by a command that was asked to stop; nothing is printed for it but a line on how to go on. */
export class Interrupted extends Error {}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (!(error instanceof ElucidateError)) return exitCodes.failed;
  if (environmentCodes.has(error.code)) return exitCodes.environment;
  return error.status >= 400 && error.status < 500 ? exitCodes.badInput : exitCodes.failed;
}

/** Says on stderr what went wrong, as JSON when asked, and gives the exit code. */
export function reportError(error: unknown, json: boolean): number {
  const exitCode = exitCodeOf(error);
  if (error instanceof CommanderError) return exitCode; // commander has printed it
  if (json && error instanceof ElucidateError) {
    console.error(JSON.stringify({ code: error.code, message: error.message, problems: error.problems, details: error.details }));
  } else if (error instanceof ElucidateError || error instanceof Interrupted) {
    if (error.message !== '') console.error(error.message);
  } else {
    console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  return exitCode;
}

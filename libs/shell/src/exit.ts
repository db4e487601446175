import { ElucidateError, type ErrorCode } from '@elucidate/experiment/errors';
import { printableJson, printableLines } from '@elucidate/experiment/printable';
import { CommanderError } from 'commander';

/** Exit codes of `elucidate`, its API and its workers. */
export const exitCodes = { done: 0, failed: 1, badInput: 2, environment: 3, interrupted: 130 } as const;

/** The codes as `--help` lists them. */
export const exitCodesText = 'Exit codes: 0 done or stopped on request, 1 failed, 2 invalid input, 3 something missing (data, disk space, engine, what a program needs, database, queue, API), 130 interrupted.';

const environmentCodes: ReadonlySet<ErrorCode> = new Set(['data.missing', 'data.corrupt', 'program.needs_missing', 'disk.full', 'folder.unusable', 'artifact.unshared', 'process.unstartable', 'code.absent', 'engine.absent', 'embedded.unavailable', 'database.unreachable', 'database.outdated', 'database.unsuitable', 'queue.unreachable', 'api.unreachable']);

/** Thrown by a command that was asked to stop; only a line on how to continue is printed. */
export class Interrupted extends Error {}

function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (!(error instanceof ElucidateError)) return exitCodes.failed;
  if (environmentCodes.has(error.code)) return exitCodes.environment;
  return error.status >= 400 && error.status < 500 ? exitCodes.badInput : exitCodes.failed;
}

function textOf(error: unknown, json: boolean): string {
  if (error instanceof ElucidateError && json) return JSON.stringify({ code: error.code, message: error.message, problems: error.problems, details: error.details });
  if (error instanceof ElucidateError || error instanceof Interrupted) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Prints the error to stderr, as JSON if requested, and returns the exit code. Commander prints its own errors. */
export function reportError(error: unknown, json = false): number {
  const text = error instanceof CommanderError ? '' : textOf(error, json);
  if (text !== '') console.error(json ? printableJson(text) : printableLines(text));
  return exitCodeOf(error);
}

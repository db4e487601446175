import { blameOf, type Blame } from '@elucidate/experiment/blame';
import { ElucidateError } from '@elucidate/experiment/errors';
import { failureFingerprint } from '@elucidate/experiment/failure-fingerprint';
import { systemError } from '@elucidate/experiment/system-error';
import { messageLimit, shortened } from '@elucidate/experiment/text-limits';
import { databaseTrouble } from './database-trouble.js';
import { jsonText } from './sql.js';

/** What ended an attempt, as an ElucidateError: its code says what it counts against (`blameOf`). */
export function toElucidateError(error: unknown): ElucidateError {
  if (error instanceof ElucidateError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (databaseTrouble(error) !== undefined) return new ElucidateError('database.unreachable', `The database could not take the result (${message}); the stage is tried again`, { cause: error });
  return systemError(error) ?? new ElucidateError('stage.failed', message, { cause: error });
}

export const blameFor = (error: unknown): Blame => blameOf[toElucidateError(error).code];

const detailLimit = 8000;

/** An error as the database keeps it: with its fingerprint, a message of at most 4,000 characters, and details that serialise to at most 8,000 for each entry. */
export const errorJson = (error: ElucidateError): string => jsonText({
  code: error.code, message: shortened(error.message, messageLimit), fingerprint: failureFingerprint(error), details: Object.fromEntries(Object.entries(error.details).slice(0, 20).map(([name, detail]) => [name, boundedDetail(detail)])),
});

function boundedDetail(detail: unknown): unknown {
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail) ?? '';
  if (text.length <= detailLimit) return detail;
  return shortened(Array.isArray(detail) ? detail.map(String).join('\n') : text, detailLimit);
}

import { ElucidateError } from '@elucidate/experiment/errors';

/** A report does without a picture of what varies that cannot be drawn: nothing has a score yet ('not_found'), or it would have too many points ('request.invalid'). */
export function ignoreUndrawable(error: unknown): undefined {
  if (error instanceof ElucidateError && ['not_found', 'request.invalid'].includes(error.code)) return undefined;
  throw error;
}

import type { ErrorCode } from './errors.js';

/**
 * What an attempt's error counts against:
 * - `stage`: the stage; it would most likely fail elsewhere too. After a few such attempts it has failed permanently.
 * - `environment`: the worker's own folders, disk, engine, data, version, or what a program needs there. The stage is handed back uncounted, and this worker takes no more
 *   of the stages concerned until that is fixed.
 * - `infrastructure`: what all share: database, queue, API. Nobody is at fault; the stage is handed back uncounted.
 */
export type Blame = 'stage' | 'environment' | 'infrastructure';

/** The blame for every code an attempt may end with. */
export const blameOf: Readonly<Record<ErrorCode, Blame>> = {
  'spec.invalid': 'stage',
  'spec.too_large': 'stage',
  'request.invalid': 'stage',
  'request.conflict': 'stage',
  'request.too_large': 'stage',
  'request.precondition_required': 'stage',
  'sweep.changed': 'stage',
  'request.unauthorized': 'stage',
  'request.forbidden': 'stage',
  'request.not_acceptable': 'stage',
  'request.unsupported': 'stage',
  'request.too_many': 'infrastructure',
  'not_found': 'stage',
  'sweep.ended': 'stage',
  'server.busy': 'infrastructure',
  'lease.stale': 'infrastructure',
  'stage.input_missing': 'stage',
  'stage.input_failed': 'stage',
  'stage.diverged': 'stage',
  'stage.crashed': 'stage',
  'stage.stalled': 'stage',
  'stage.lease_expired': 'stage',
  'stage.failed': 'stage',
  'stage.interrupted': 'infrastructure',
  'program.unavailable': 'stage',
  'program.needs_missing': 'environment',
  'data.missing': 'environment',
  'data.corrupt': 'environment',
  'artifact.missing': 'stage',
  'artifact.corrupt': 'stage',
  'artifact.unshared': 'environment',
  'folder.unusable': 'environment',
  'disk.full': 'environment',
  'process.unstartable': 'environment',
  'code.absent': 'environment',
  'engine.absent': 'environment',
  'engine.out_of_memory': 'stage',
  'engine.thread_lost': 'stage',
  'engine.out_of_device_memory': 'stage',
  'engine.lost': 'stage',
  'database.unreachable': 'infrastructure',
  'database.outdated': 'infrastructure',
  'database.unsuitable': 'infrastructure',
  'queue.unreachable': 'infrastructure',
  'api.unreachable': 'infrastructure',
  'embedded.unavailable': 'infrastructure',
};

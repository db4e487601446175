import { ElucidateError } from '@elucidate/experiment/errors';

/** Somebody has edited the sweep since its version `seen`. */
export const sweepChanged = (sweepId: string, { seen, current }: { seen: number; current: number }): ElucidateError =>
  new ElucidateError('sweep.changed', `Sweep ${sweepId} was edited meanwhile: it has version ${current}, not ${seen}. Look at it again, and repeat the edit if it is still what you want`, { details: { current } });

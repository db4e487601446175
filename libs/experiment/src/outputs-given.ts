import type { StageParams, PlannedStage } from './stages.js';

type Reader = Pick<PlannedStage, 'kind'> & { params: unknown };

/** Large outputs of a training that few of the stages which read the training need. Its state is given to a longer training apart from what that reads. */
const needed: Readonly<Record<string, (reader: Reader) => boolean>> = {
  snapshots: ({ kind, params }) => kind === 'average' && (params as StageParams<'average'>).ema.kind === 'power',
  state: () => false,
};

/** Whether a stage is given an output of a stage that it reads: fetching and checking a file takes time. */
export const isGiven = (reader: Reader, output: string): boolean => needed[output]?.(reader) ?? true;

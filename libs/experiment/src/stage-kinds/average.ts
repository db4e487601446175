import { z } from 'zod';
import { isUNet } from '../design.js';
import { emaSchema } from '../sampling-grammar.js';
import { averagingFlops } from '../work.js';
import { stageKind } from './definition.js';

/** The weights of a training run as another average than the one that it keeps. Outputs: weights (safetensors, as of a training run). */
export const average = stageKind({
  kind: 'average',
  codeVersion: 1,
  params: z.strictObject({ ema: emaSchema }),
  inputs: { train: 'train' },
  when: ({ ema, network, images }) => ema.kind !== 'trained' && images > 0 && isUNet(network),
  work: averagingFlops,
});

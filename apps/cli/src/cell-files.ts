import type { StageKind } from '@elucidate/experiment/stages';

/** Stages of a configuration that leave files to look at or to use, and the seeds that name these. */
export const fileSeeds: Readonly<Partial<Record<StageKind, 'train' | 'train and sample'>>> = {
  'train': 'train', 'average': 'train', 'noise-level': 'train', 'levels': 'train', 'sample': 'train and sample', 'score': 'train and sample',
};

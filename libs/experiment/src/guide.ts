import type { CellConfig } from './cell-config.js';
import type { GuidanceSpec } from './sampling-grammar.js';

/** In what the guide of autoguidance may differ from the network it guides: in its training, and in which average of its weights is used. */
export interface GuideFacts {
  guideNetwork: CellConfig['network'];
  guideImages: number;
  guideEma: CellConfig['ema'];
}

/** The guide of a cell; as the cell's own network where its guidance names nothing else. */
export function guideFacts({ guidance, network, images, ema }: Pick<CellConfig, 'guidance' | 'network' | 'images' | 'ema'>): GuideFacts {
  const other = guidance.kind === 'autoguidance' ? guidance : undefined;
  return { guideNetwork: other?.network ?? network, guideImages: other?.images ?? images, guideEma: other?.ema ?? ema };
}

/** Whether a guide is evaluated at all. */
export const isGuided = (guidance: GuidanceSpec): boolean => guidance.kind !== 'none' && guidance.scale !== 1;

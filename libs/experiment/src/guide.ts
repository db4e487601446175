import type { CellConfig } from './cell-config.js';
import type { GuidanceSpec } from './sampling-grammar.js';

/** In what the training of the guide of autoguidance may differ from that of the network it guides. */
export interface GuideFacts {
  guideNetwork: CellConfig['network'];
  guideImages: number;
}

/** The training of a cell's guide; that of the cell's own network where its guidance names no other. */
export function guideFacts({ guidance, network, images }: Pick<CellConfig, 'guidance' | 'network' | 'images'>): GuideFacts {
  const other = guidance.kind === 'autoguidance' ? guidance : undefined;
  return { guideNetwork: other?.network ?? network, guideImages: other?.images ?? images };
}

/** Whether a guide is evaluated at all. */
export const isGuided = (guidance: GuidanceSpec): boolean => guidance.kind !== 'none' && guidance.scale !== 1;

import type { CellConfig } from './cell-config.js';
import type { GuidanceSpec } from './sampling-grammar.js';

/** Of what the guide of autoguidance is trained, where that differs from the network it guides: the rest is that network's own. */
export interface GuideFacts {
  guideNetwork: CellConfig['network'];
  guideImages: number;
}

/** The training of a cell's guide; that of the cell's own network where no other is asked for. */
export function guideFacts({ guidance, network, images }: Pick<CellConfig, 'guidance' | 'network' | 'images'>): GuideFacts {
  const other = guidance.kind === 'autoguidance' ? guidance : undefined;
  return { guideNetwork: other?.network ?? network, guideImages: other?.images ?? images };
}

/** Whether a guide is evaluated at all. */
export const isGuided = (guidance: GuidanceSpec): boolean => guidance.kind !== 'none' && guidance.scale !== 1;

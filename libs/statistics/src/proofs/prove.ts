import { bestGroupProofs } from './best-group.js';
import { coverageProofs } from './coverage.js';
import { levelProofs } from './level.js';
import { optimismProofs } from './optimism.js';
import type { Proof, Simulation } from './proof.js';

/** Every proof, in the order of the report. */
export const proveStatistics = (simulation: Simulation): Proof[] => [coverageProofs, levelProofs, bestGroupProofs, optimismProofs].flatMap((part) => part(simulation));

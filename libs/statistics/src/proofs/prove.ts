import { bestGroupProofs } from './best-group.js';
import { coverageProofs } from './coverage.js';
import { effectProofs } from './effects.js';
import { halvingProofs } from './halving.js';
import { levelProofs } from './level.js';
import { optimismProofs } from './optimism.js';
import { raceProofs } from './race.js';
import type { Proof, Simulation } from './proof.js';

/** Every proof, in the order of the report. */
export const proveStatistics = (simulation: Simulation): Proof[] => [coverageProofs, levelProofs, bestGroupProofs, optimismProofs, effectProofs, raceProofs, halvingProofs].flatMap((part) => part(simulation));

import type { Schemas } from '../api/client.js';
import { durationText } from './time.js';

/** "Ends in about 12 min (9 min to 20 min, 95 %), on 2 slots." */
export function etaText(eta: Schemas['Eta']['eta'], { paused, toLook = false }: { paused: boolean; toLook?: boolean }): string {
  if (eta === null) return paused ? 'Paused: no end is expected.' : 'No end is expected: no worker is there.';
  return `${toLook ? 'The next look of its race comes' : 'Ends'} in about ${durationText(eta.seconds)} (${durationText(eta.low)} to ${durationText(eta.high)}, 95 %), on ${eta.slots === 1 ? 'one slot' : `${eta.slots} slots`}.`;
}

import type { Schemas } from '../api/client.js';
import { durationText } from './time.js';

/** "in 9 min to 20 min"; of a race, of which only the next look is known, "next look in 9 min to 20 min". */
export const etaWords = ({ low, high }: NonNullable<Schemas['Eta']['eta']>, { toLook }: { toLook: boolean }): string => `${toLook ? 'next look ' : ''}in ${durationText(low)}${durationText(low) === durationText(high) ? '' : ` to ${durationText(high)}`}`;

/** "Ends in about 12 min (9 min to 20 min, 95 %), on 2 slots." */
export function etaText(eta: Schemas['Eta']['eta'], { paused, toLook = false }: { paused: boolean; toLook?: boolean }): string {
  if (eta === null) return paused ? 'Paused: no end is expected.' : 'No end is expected: no worker is there.';
  return `${toLook ? 'The next look of its race comes' : 'Ends'} in about ${durationText(eta.seconds)} (${durationText(eta.low)} to ${durationText(eta.high)}, 95 %), on ${eta.slots === 1 ? 'one slot' : `${eta.slots} slots`}.`;
}

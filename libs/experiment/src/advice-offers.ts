import type { Doubts, Candidate } from './advice.js';
import type { ScoreBasis } from './score-basis.js';

/** What more seeds cost: stages that nobody has run yet. */
export interface PurchaseCost {
  trainingRuns: number;
  samplings: number;
  /** Of the networks, in sampling: NFE times images. */
  evaluations: number;
  stages: number;
  /** Stages that it needs and that are done. */
  alreadyDone: number;
  /** Time of one slot. */
  deviceSeconds: number;
  /** Whether nearly all of that time rests on stages that this installation has run; else a default has a part in it. */
  measured: boolean;
}

export interface Offer extends Candidate {
  cost: PurchaseCost;
  /** The doubt that is expected to be left; null where that is not known. */
  doubtThen: number | null;
}

/** How sure a sweep is of its winner, and what to repeat. */
export interface Advice extends Omit<Doubts, 'candidates'> {
  sweepId: string;
  metric: string;
  /** Of the images that the scores are computed from. */
  n: number | null;
  evaluator: string | null;
  /** What the scores rest on. */
  basis: ScoreBasis | null;
  /** Configurations looked at. */
  among: number;
  /** Stages of the sweep have still to end. */
  running: boolean;
  /** The cheapest first. */
  offers: Offer[];
  /** Which of them: the most doubt removed for its device time; null where little doubt is left, or little to be had. */
  recommended: number | null;
}

/** With less doubt than this, nothing is advised. */
export const littleDoubt = 0.05;
/** A candidate that removes less is not worth its while. */
const leastGain = 0.005;

/** Without any spread known: so many more train seeds, for so many rivals. */
const first = { more: 2, rivals: 3 } as const;

const cheapestFirst = (a: Offer, b: Offer): number => a.cost.deviceSeconds - b.cost.deviceSeconds || (b.gain ?? 0) - (a.gain ?? 0);

/** Those that gain more than every cheaper one. */
function efficient(offers: readonly Offer[]): Offer[] {
  let most = leastGain;
  return offers.filter((offer) => offer.gain !== null).sort(cheapestFirst).filter(({ gain }) => {
    if (gain! <= most) return false;
    most = gain!;
    return true;
  });
}

/** Of the candidates whose gain cannot be foreseen: one more seed of that kind for as many rivals as are in doubt, which would tell. */
function exploring(offers: readonly Offer[], rivals: Doubts['rivals']): Offer[] {
  const doubtful = Math.min(first.rivals, Math.max(1, rivals.filter(({ doubt }) => doubt === null || doubt >= littleDoubt).length));
  return (['train', 'sample'] as const).flatMap((level) => {
    const unknown = offers.filter((offer) => offer.gain === null && offer.level === level && offer.more > 0);
    const enough = unknown.filter(({ rivals: given, more }) => given.length <= doubtful && more === (level === 'train' ? first.more : 1));
    return enough.slice(-1);
  });
}

/** Which candidates are worth naming, and which one to make: the knowledge gradient per cost, over one or several seeds at once (Frazier and Powell 2010). */
export function choiceOf({ doubt, rivals }: Pick<Doubts, 'doubt' | 'rivals'>, offers: readonly Offer[]): Pick<Advice, 'offers' | 'recommended'> {
  const [known, unknown] = [efficient(offers), exploring(offers, rivals)];
  const named = [...known, ...unknown].sort(cheapestFirst);
  const rate = ({ gain, cost }: Offer): number => (gain ?? 0) / Math.max(1e-9, cost.deviceSeconds);
  const best = doubt !== null && doubt < littleDoubt ? undefined : known.length > 0 ? known.reduce((found, offer) => (rate(offer) > rate(found) ? offer : found)) : doubt === null ? unknown[0] : undefined;
  return { offers: named, recommended: best === undefined ? null : named.indexOf(best) };
}

import type { StageKind } from '@elucidate/experiment/stages';

/** Minutes without progress after which a stage counts as stalled. Scores and reference statistics decompose matrices, and report nothing meanwhile. */
export const stallMinutes: Readonly<Record<StageKind, number>> = { extractor: 30, reference: 60, train: 30, average: 30, 'noise-level': 30, levels: 30, sample: 30, embed: 30, score: 120 };

export interface Watch {
  /** There is progress: the time starts again. */
  touch(): void;
  end(): void;
}

/** Calls `onStall` once, when there has been no progress for `limitMs`. It then waits a little longer: after a pause of this process or of the machine, reports of progress that are already queued come first. */
export function watchProgress(limitMs: number, onStall: () => void): Watch {
  if (limitMs === Infinity) return { touch: () => undefined, end: () => undefined };
  const secondLookMs = Math.min(2000, limitMs / 4);
  let timer: NodeJS.Timeout;
  const touch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = setTimeout(onStall, secondLookMs);
    }, Math.min(limitMs, 2 ** 31 - 1));
  };
  touch();
  return { touch, end: () => clearTimeout(timer) };
}

import { plural } from '@elucidate/experiment/plural';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';

/** What is left of a sweep: "3 stages to run, 2 running". */
export function leftText({ stages: { ready = 0, waiting = 0, running = 0 } }: Pick<SweepDetail, 'stages'>): string {
  const toRun = ready + waiting;
  const parts = [...(toRun > 0 ? [`${plural(toRun, 'stage')} to run`] : []), ...(running > 0 ? [`${toRun > 0 ? running : plural(running, 'stage')} running`] : [])];
  return parts.join(', ') || 'nothing is left to run';
}

import { buffer } from 'node:stream/consumers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { configLabel } from '@elucidate/experiment/estimate-text';
import { csvRecord } from '@elucidate/experiment/table-text';
import { varyingKeys } from '@elucidate/experiment/varying-keys';
import { smoothed } from '@elucidate/figures/figures/loss-figure';
import { trainingRuns, type TrainingRun } from '@elucidate/store/queries/training-runs';
import { unscored } from '@elucidate/store/queries/unscored';
import type { Store } from '@elucidate/store/store';

/** The loss of one training run over the images that it saw. */
export interface LossRun {
  stageId: string;
  /** "inputScale 0.5, train seed 1". */
  label: string;
  /** "schedule linear", where runs are too many for one panel. */
  facet: string | null;
  /** Images seen, and the mean loss of the steps around there: at most 200. */
  points: readonly (readonly [images: number, loss: number])[];
}

/** The losses of a sweep's training runs. */
export interface LossPlot {
  sweepId: string;
  sweepName: string;
  runs: LossRun[];
  /** Of so many that are done; the others were not read. */
  done: number;
}

/** Training runs of which the losses are read: each is a file. */
const mostRuns = 64;
/** Curves of one panel that can be told apart, and panels that can be read. */
const [mostLines, mostPanels] = [16, 6];

/** The parameter that has a panel for each value, if the runs are too many for one. */
const facetKey = (runs: readonly TrainingRun[], keys: readonly string[]): string | undefined =>
  (runs.length <= mostLines ? undefined : keys.find((key) => new Set(runs.map(({ config }) => configLabel(key, config[key]))).size <= mostPanels));

/** What was recorded of each step; a run of which the file is gone or corrupt is left out. */
async function recorded({ artifacts }: Pick<Store, 'artifacts'>, hash: string): Promise<{ batch: number; losses: number[] } | null> {
  try {
    return JSON.parse((await buffer(artifacts.openRead(hash))).toString()) as { batch: number; losses: number[] };
  } catch (error) {
    if (error instanceof ElucidateError && ['artifact.missing', 'artifact.corrupt'].includes(error.code)) return null;
    throw error;
  }
}

/** The losses of a sweep's training runs that are done, in the order of its plan: of the first 64. Throws 'not_found' if there is none. */
export async function sweepLosses(store: Store, sweepId: string): Promise<LossPlot> {
  const { runs, done, sweepName } = await trainingRuns(store.db, { sweepId, limit: mostRuns });
  const keys = varyingKeys(runs.map(({ config }) => config));
  const facet = facetKey(runs, keys);
  const words = (own: readonly string[], { config }: TrainingRun): string[] => own.map((key) => `${key} ${configLabel(key, config[key])}`);
  const found: LossRun[] = [];
  for (const run of runs) {
    const losses = await recorded(store, run.hash);
    if (losses === null || losses.losses.length === 0) continue;
    found.push({ stageId: run.stageId, label: [...words(keys.filter((key) => key !== facet), run), `train seed ${run.trainSeed}`].join(', '), facet: facet === undefined ? null : words([facet], run)[0]!, points: smoothed(losses) });
  }
  if (found.length === 0) throw new ElucidateError('not_found', `Sweep ${sweepId} has no training run with a loss${await unscored(store.db, sweepId)}`);
  return { sweepId, sweepName, runs: found, done };
}

/** A record for each point of each run. */
export function lossesCsv({ runs }: LossPlot): string {
  const records = runs.flatMap(({ stageId, label, facet, points }) => points.map(([images, loss]) => csvRecord([stageId, [facet, label].filter((part) => part !== null).join(', '), images, loss])));
  return `${[csvRecord(['train_stage', 'run', 'images', 'loss']), ...records].join('\r\n')}\r\n`;
}

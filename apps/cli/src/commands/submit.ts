import { plural } from '@elucidate/experiment/plural';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers } from '../answers.js';
import { apiAnswers } from '../api-answers.js';
import { apiClient } from '../api-client.js';
import { interruptSignal } from '../interrupt.js';
import { apiAddress } from '../open-answers.js';
import { exitCodeOfSweep, renderResults, stateWord } from '../results.js';
import { readSpecFile } from '../spec-file.js';
import { watchToResults } from '../watch-sweep.js';

export interface SubmitOptions {
  api?: string;
  profile?: string;
  /** Changes of the file: "train.images=20000". */
  set?: readonly string[];
  json?: boolean;
  watch?: boolean;
  idempotencyKey?: string;
}

/** Posts a sweep file to an API; with --watch waits until the sweep has ended. */
export async function submit(file: string, { json = false, watch = false, idempotencyKey, profile, set, ...source }: SubmitOptions): Promise<void> {
  const { text } = await readSpecFile(file, { profile, overrides: set });
  const client = apiClient(apiAddress(source));
  const { made: sweep, isNew } = await client.create<SweepDetail>('/v1/sweeps', { body: text, ...(idempotencyKey !== undefined && { idempotencyKey }) });
  if (!watch) {
    console.log(json ? jsonOf(sweep) : isNew ? acceptedText(sweep) : knownText(sweep));
    if (!json) await sayIfTwice(apiAnswers(client), sweep);
    return;
  }
  const { signal, dispose } = interruptSignal();
  const answers = apiAnswers(client);
  const { ended, results } = await watchToResults(answers, sweep.id, { signal, quiet: json }).finally(dispose);
  console.log(json ? jsonOf(results) : renderResults(results));
  process.exitCode = exitCodeOfSweep(ended);
}

const acceptedText = ({ id, cells, trials, stages, reusedStages }: SweepDetail): string =>
  `Sweep ${id} accepted: ${plural(cells, 'cell')}, ${plural(trials, 'trial')}, ${plural(Object.values(stages).reduce((sum, count) => sum + count, 0), 'stage')}, of which ${reusedStages} had been done before.\nFollow it with: elucidate watch ${id}`;

/** Of a sweep that was submitted before under the same idempotency key. */
export const knownText = (sweep: SweepDetail): string => `This is sweep ${sweep.id}, submitted before under this idempotency key (${stateWord(sweep)}); nothing was submitted now.\nFollow it with: elucidate watch ${sweep.id}`;

/** Another running sweep of the name is most often an earlier version of the file. */
async function sayIfTwice(answers: Answers, { id, name }: SweepDetail): Promise<void> {
  const others = (await answers.named(name)).filter((other) => other.id !== id && other.state === 'running');
  if (others[0] !== undefined) console.error(`Another sweep called ${printable(name)} runs, ${others[0].id}: stages that both have run once. \`elucidate apply\` changes a sweep instead of adding one.`);
}

import { plural } from '@elucidate/experiment/plural';
import { jsonOf } from '@elucidate/experiment/printable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import { apiAnswers } from '../api-answers.js';
import { apiClient } from '../api-client.js';
import { interruptSignal } from '../interrupt.js';
import { apiAddress } from '../open-answers.js';
import { exitCodeOfSweep, renderResults, resultsOf } from '../results.js';
import { readSpecFile } from '../spec-file.js';
import { watchSweep } from '../watch-sweep.js';

export interface SubmitOptions {
  api?: string;
  profile?: string;
  json?: boolean;
  watch?: boolean;
  idempotencyKey?: string;
}

/** Posts a sweep file to an API; with --watch waits until the sweep has ended. */
export async function submit(file: string, { json = false, watch = false, idempotencyKey, profile, ...source }: SubmitOptions): Promise<void> {
  const { text } = await readSpecFile(file, { profile });
  const client = apiClient(apiAddress(source));
  const sweep = await client.post<SweepDetail>('/v1/sweeps', { body: text, ...(idempotencyKey !== undefined && { idempotencyKey }) });
  if (!watch) {
    console.log(json ? jsonOf(sweep) : `Sweep ${sweep.id} accepted: ${plural(sweep.cells, 'cell')}, ${plural(sweep.trials, 'trial')}, ${plural(sweep.reusedStages, 'stage')} reused.\nFollow it with: elucidate watch ${sweep.id}`);
    return;
  }
  const { signal, dispose } = interruptSignal();
  const answers = apiAnswers(client);
  const ended = await watchSweep(answers, sweep.id, { signal, quiet: json }).finally(dispose);
  const results = await resultsOf(answers, ended.id);
  console.log(json ? jsonOf(results) : renderResults(results));
  process.exitCode = exitCodeOfSweep(ended);
}

import { plural } from '@elucidate/experiment/plural';
import { jsonOf } from '@elucidate/experiment/printable';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { contentId } from '@elucidate/experiment/canonical';
import { prepareDataset } from '@elucidate/stages/prepare-dataset';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import { apiAnswers } from '../api-answers.js';
import { apiClient, type ApiClient } from '../api-client.js';
import { homeOf } from '@elucidate/shell/home';
import { interruptSignal, unlessStopped } from '../interrupt.js';
import { exitCodeOfSweep, renderResults } from '../results.js';
import { savePictures } from '../pictures.js';
import { readSpecFile } from '../spec-file.js';
import { startStack } from '../stack.js';
import { watchToResults } from '../watch-sweep.js';

export interface DemoOptions {
  keep?: boolean;
  json?: boolean;
  port: number;
  slots?: number;
  threads?: number;
  backend?: string;
  spec?: string;
}

const quickstart = fileURLToPath(new URL('../../../../examples/quickstart.yaml', import.meta.url));
/** Its one worker has been set aside, or quarantined, for so long that it will hardly come back by itself. */
const stuckMs = 30_000;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs everything on one example: database, API, workers, a sweep through the API, its tables and pictures. A second run finds every stage done. */
export async function demo({ keep = false, json = false, port, spec: file = quickstart, ...worker }: DemoOptions): Promise<void> {
  const { text, spec } = await readSpecFile(file);
  const home = homeOf();
  const log = json ? () => undefined : say;
  const { signal, dispose } = interruptSignal();
  const began = Date.now();
  let stop = async (): Promise<void> => undefined;
  try {
    await prepareDataset(spec.dataset, { home: home.dir, log, signal });
    signal.throwIfAborted();
    const stack = await startStack({ home, port, signal, log, ...worker });
    stop = stack.stop;
    const api = apiClient(stack.apiUrl);
    const submitted = await submitOnce(api, { text, key: `demo-${contentId(spec)}` });
    log(`\nSweep ${submitted.id}: ${plural(submitted.cells, 'cell')}, ${plural(submitted.trials, 'trial')}, through POST ${stack.apiUrl}/v1/sweeps`);
    const answers = apiAnswers(api);
    const { ended, results } = await watchToResults(answers, submitted.id, { signal, check: stack.failure, quiet: json, stuckMs });
    const files = await savePictures(answers, { sweep: ended, leaderboard: results.leaderboard, dir: join(home.dir, 'results', ended.id) });
    console.log(json ? jsonOf({ ...results, files, api: stack.apiUrl }) : renderResults(results));
    log([...files.map(({ what, path }) => `${what.padEnd(16)} ${path}`), `Finished in ${((Date.now() - began) / 1000).toFixed(0)} s.`].join('\n'));
    process.exitCode = exitCodeOfSweep(ended);
    if (keep) await keepRunning(stack.apiUrl, signal, log);
    else log('The API has stopped; `npm run demo -- --keep` keeps it running.');
  } catch (error) {
    throw unlessStopped(error, '\nStopped; no process is left running. Finished stages are kept: `npm run demo` continues from here.');
  } finally {
    await stop();
    dispose();
  }
}

/** Submits the same sweep each time, and retries stages that failed in it before. */
async function submitOnce(api: ApiClient, { text, key }: { text: string; key: string }): Promise<SweepDetail> {
  const sweep = await api.post<SweepDetail>('/v1/sweeps', { body: text, idempotencyKey: key });
  if (sweep.state === 'failed' || sweep.state === 'cancelled') return api.post<SweepDetail>(`/v1/sweeps/${sweep.id}/retry`);
  return sweep;
}

async function keepRunning(url: string, signal: AbortSignal, log: (line: string) => void): Promise<void> {
  log(`\nAPI: ${url}   (OpenAPI document: ${url}/openapi.json)\nPress Ctrl-C to stop it.`);
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

import { jsonOf } from '@elucidate/experiment/printable';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { standardExtractors } from '@elucidate/experiment/extractors';
import { stageDefinitions } from '@elucidate/experiment/stages';
import { differenceFromStandard } from '@elucidate/stages/compare-extractors';
import type { BackendChoice } from '@elucidate/engine/backend';
import { stageProcesses } from '@elucidate/runtime/processes';
import { homeOf } from '@elucidate/shell/home';
import { interruptSignal } from '../interrupt.js';
import { openScreen } from '../screen.js';

export interface ExtractorOptions {
  backend: BackendChoice;
  epochs?: number;
  json?: boolean;
}

const dataset = 'fashion-mnist';

/** Trains the standard extractor again by its recipe, as the stage a worker would run, and compares the result with the file that ships. */
export async function trainExtractor({ backend, epochs, json = false }: ExtractorOptions): Promise<void> {
  const { accuracy: shipped, madeOn, recipe } = standardExtractors[dataset];
  const home = homeOf();
  await mkdir(home.dir, { recursive: true });
  const outDir = await mkdtemp(join(home.dir, 'extractor-'));
  const { signal, dispose } = interruptSignal();
  const processes = stageProcesses({ backend, threads: 1, home: home.dir });
  const screen = openScreen({ quiet: json });
  try {
    const outcome = await processes.execute(
      { stageId: 'extractor-train', kind: 'extractor', codeVersion: stageDefinitions.extractor.codeVersion, params: { extractor: { kind: 'trained', dataset, ...recipe, ...(epochs !== undefined && { epochs }) } }, inputs: {}, checkpointDir: outDir, outDir },
      { signal, onLog: () => undefined, onProgress: ({ fraction, note }) => screen.draw([`  ${(fraction * 100).toFixed(1)} %  ${note}`]) },
    );
    const accuracy = outcome.metrics.find(({ name }) => name === 'accuracy')?.value ?? null;
    const comparison = {
      shipped: { accuracy: shipped, engine: madeOn },
      trained: { accuracy, engine: outcome.provenance.engine },
      largestDifference: await differenceFromStandard(outcome.outputs['weights']?.path ?? ''),
    };
    console.log(json ? jsonOf(comparison) : describe(comparison));
  } finally {
    screen.end();
    await processes.close();
    await rm(outDir, { recursive: true, force: true });
    dispose();
  }
}

interface Comparison {
  shipped: { accuracy: number; engine: string };
  trained: { accuracy: number | null; engine: string };
  /** Largest absolute difference between corresponding weights. */
  largestDifference: number;
}

const percent = (share: number | null): string => (share === null ? 'unknown' : `${(share * 100).toFixed(2)} %`);

const describe = ({ shipped, trained, largestDifference }: Comparison): string => [
  `shipped  test accuracy ${percent(shipped.accuracy)}  made on ${shipped.engine}`,
  `trained  test accuracy ${percent(trained.accuracy)}  made on ${trained.engine}`,
  largestDifference === 0
    ? 'The two networks are the same, bit for bit.'
    : `Weights differ by up to ${largestDifference.toPrecision(3)}, as they do between engines or with other epochs; compare the accuracies. Only the shipped file has the standard fingerprint.`,
].join('\n');

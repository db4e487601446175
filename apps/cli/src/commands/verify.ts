import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackendChoice } from '@elucidate/engine/backend';
import type { DatasetSpec } from '@elucidate/experiment/dataset-grammar';
import { ElucidateError } from '@elucidate/experiment/errors';
import { shortId } from '@elucidate/experiment/estimate-text';
import { jsonOf } from '@elucidate/experiment/printable';
import { stageProcesses } from '@elucidate/runtime/processes';
import { exitCodes } from '@elucidate/shell/exit';
import { homeOf } from '@elucidate/shell/home';
import { prepareDataset } from '@elucidate/stages/prepare-dataset';
import type { ProvenanceStage, ResultProvenance } from '@elucidate/store/queries/provenance';
import type { Answers } from '../answers.js';
import { agrees, compareOutcome, type ComparedStage } from '../compare-outcome.js';
import { interruptSignal } from '../interrupt.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { StageFolder } from '../recompute.js';
import { renderVerified } from '../render-verified.js';

export interface VerifyOptions extends SourceOptions {
  /** Every stage that it comes from too, each from those made again. */
  chain?: boolean;
  /** Relative difference up to which numbers agree. */
  tolerance: number;
  threads?: number;
  backend: BackendChoice;
  json?: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** The stages to compute again, each after those it reads. Throws 'request.conflict' for one that has no result. */
function stagesOf({ stages, stageId }: ResultProvenance, chain: boolean): ProvenanceStage[] {
  const own = stages.at(-1)!;
  if (own.state !== 'done') throw new ElucidateError('request.conflict', `Stage ${shortId(stageId)} has no result to verify: it is ${own.state}`);
  return chain ? stages : [own];
}

async function verified(answers: Answers, found: ResultProvenance, { chain = false, tolerance, threads = 1, backend, json }: VerifyOptions): Promise<ComparedStage[]> {
  const [todo, home, log] = [stagesOf(found, chain), homeOf(), json ? () => undefined : say];
  const { signal, dispose } = interruptSignal();
  for (const { params } of todo) if (params['dataset'] !== undefined && typeof params['dataset'] === 'object') await prepareDataset(params['dataset'] as DatasetSpec, { home: home.dir, log, signal });
  const dir = await mkdtemp(join(tmpdir(), 'elucidate-verify-'));
  const processes = stageProcesses({ backend, threads, home: home.dir, size: 1, log });
  const byId = new Map(found.stages.map((stage) => [stage.id, stage]));
  const folder = new StageFolder(answers, dir);
  const compared: ComparedStage[] = [];
  try {
    for (const stage of todo) {
      const again = await folder.again(stage, byId, { execute: processes.execute, signal, log: () => undefined });
      compared.push(compareOutcome(stage, again, tolerance));
      if (!json) console.log(renderVerified(compared.at(-1)!));
    }
    return compared;
  } finally {
    await processes.close();
    await rm(dir, { recursive: true, force: true });
    dispose();
  }
}

/** Computes a stored result again, in a folder that is removed afterwards, and says what agrees; fails if something does not. */
export async function verify(stage: string, options: VerifyOptions): Promise<void> {
  await withAnswers(options, async (answers) => {
    const compared = await verified(answers, await answers.provenance(stage), options);
    const good = agrees(compared, options.tolerance);
    if (options.json) console.log(jsonOf({ agrees: good, stages: compared }));
    else console.log(good ? 'Everything agrees.' : options.tolerance > 0 ? 'Not all numbers agree.' : 'Not everything agrees.');
    process.exitCode = good ? exitCodes.done : exitCodes.failed;
  });
}

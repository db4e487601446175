import { cellSpec } from '@elucidate/experiment/cell-spec';
import { ElucidateError } from '@elucidate/experiment/errors';
import { shortId } from '@elucidate/experiment/estimate-text';
import { jsonOf } from '@elucidate/experiment/printable';
import type { ResultProvenance } from '@elucidate/store/queries/provenance';
import type { Answers } from '../answers.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderProvenance } from '../render-provenance.js';

export interface ProvenanceOptions extends SourceOptions {
  /** Print the sweep file of its trial. */
  spec?: boolean;
  json?: boolean;
}

/** The sweep file of the trial that a number is of: one configuration and its two seeds. */
async function trialSpec(answers: Answers, { stageId, trials }: ResultProvenance): Promise<object> {
  const [trial] = trials;
  if (trial === undefined) throw new ElucidateError('not_found', `Stage ${shortId(stageId)} belongs to no trial any more, so no sweep file has it`);
  const { sweepId, sweepName, cellId, trainSeed, sampleSeed } = trial;
  const [{ spec }, { config }] = await Promise.all([answers.sweep(sweepId), answers.cell(cellId, sweepId)]);
  return { ...cellSpec(spec, config, `${sweepName}: ${shortId(stageId)}`), seeds: { train: [trainSeed], sample: [sampleSeed] } };
}

/** Prints everything behind the numbers of a stage, given by its id or the first 8 digits or more of it. */
export async function provenance(stage: string, { spec = false, json = false, ...source }: ProvenanceOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const found = await answers.provenance(stage);
    console.log(spec ? jsonOf(await trialSpec(answers, found)) : json ? jsonOf(found) : renderProvenance(found));
  });
}

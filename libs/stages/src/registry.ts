import { ElucidateError } from '@elucidate/experiment/errors';
import { expectedWords } from '@elucidate/experiment/expected-words';
import type { StageOutcome, StageTask } from '@elucidate/experiment/execution';
import { stageDefinitions, type StageKind } from '@elucidate/experiment/stages';
import type { RunStage, StageContext } from './context.js';
import { runAverage } from './average.js';
import { runEmbed } from './embed.js';
import { runExtractor } from './extractor.js';
import { runLevels } from './levels.js';
import { runNoiseLevel } from './noise-level.js';
import { provenanceOf } from './provenance.js';
import { runReference } from './reference.js';
import { runSample } from './sample.js';
import { runScore } from './score.js';
import { runTrain } from './train.js';

const stages: { readonly [K in StageKind]: RunStage<K> } = {
  'extractor': runExtractor,
  'reference': runReference,
  'train': runTrain,
  'average': runAverage,
  'noise-level': runNoiseLevel,
  'levels': runLevels,
  'sample': runSample,
  'embed': runEmbed,
  'score': runScore,
};

/** Runs one stage in this process and adds where it ran. Throws code.absent for a code version that is not ours: its result would be stored under the wrong name. */
export async function runStage(task: StageTask, context: StageContext): Promise<StageOutcome> {
  const { kind, codeVersion, params } = task;
  if (codeVersion !== stageDefinitions[kind].codeVersion) {
    throw new ElucidateError('code.absent', `${kind} stage ${task.stageId} needs code version ${codeVersion}, this worker has ${stageDefinitions[kind].codeVersion}; run a worker of the version that planned it`);
  }
  const run = stages[kind] as RunStage<StageKind>;
  const { versions, wentOnAfter, ...results } = await run(parsed(task, params), task, context);
  return { ...results, provenance: { ...provenanceOf(context.engine), ...(wentOnAfter !== undefined && { wentOnAfter }), ...(versions && { program: versions }) } };
}

function parsed({ kind, stageId }: StageTask, params: unknown) {
  const result = stageDefinitions[kind].params.safeParse(params);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => ({ path: issue.path.join('.'), value: JSON.stringify(params), expected: expectedWords(issue) }));
  throw new ElucidateError('stage.failed', `The params of ${kind} stage ${stageId} are not what this worker knows: ${result.error.message}`, { problems });
}

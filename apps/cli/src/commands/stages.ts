import type { StageKind, StageState } from '@elucidate/experiment/stages';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { ListedStage } from '@elucidate/store/queries/stages';
import { clock } from '../bars.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface StagesOptions extends SourceOptions {
  kind?: StageKind;
  state?: StageState;
  json?: boolean;
}

/** How long a stage took, or has run by now; nothing for one that has not started. */
const took = ({ startedAt, endedAt }: ListedStage, nowMs: number): string =>
  (startedAt === null ? '' : clock(((endedAt === null ? nowMs : Date.parse(endedAt)) - Date.parse(startedAt)) / 1000));

/** What a stage does at present, or why it failed. */
const note = ({ state, progress, error }: ListedStage): string =>
  (state === 'running' ? progress?.note ?? '' : error === null || state === 'done' ? '' : `${error.code ?? ''}: ${(error.message ?? '').split('\n', 1)[0]}`);

/** "schedule linear, steps 5, trainSeed 1". */
const valuesText = ({ values = {} }: ListedStage): string => Object.entries(values).map(([name, label]) => `${name} ${label}`).join(', ');

/** Stages as text for a terminal, one a line: id, kind, state, time, worker, the values that decide it, attempts that count against it. */
export function renderStages(stages: readonly ListedStage[], nowMs: number): string {
  const widest = Math.max(0, ...stages.map(({ workerId }) => workerId?.length ?? 0));
  return stages.map((stage) => [
    stage.id.slice(0, 8), stage.kind.padEnd(11), stage.state.padEnd(11), took(stage, nowMs).padStart(7), (stage.workerId ?? '').padEnd(widest),
    [valuesText(stage), stage.countedAttempts === 0 ? '' : `${stage.countedAttempts} failed`, note(stage)].filter((part) => part !== '').join('; '),
  ].join('  ').trimEnd()).map(printable).join('\n');
}

/** The stages of a sweep, by default the newest, in the order of its plan. */
export async function stages(meant: string | undefined, { kind, state, json = false, ...source }: StagesOptions): Promise<void> {
  await withAnswers(source, async (answers) => {
    const found = await answers.stages(await sweepIdOf(answers, meant), { ...(kind !== undefined && { kind }), ...(state !== undefined && { state }) });
    console.log(json ? jsonOf(found) : renderStages(found, Date.now()) || 'None of its stages is of that kind and state.');
  });
}

import { jsonOf } from '@elucidate/experiment/printable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers, RetryRequest } from '../answers.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';

export interface SteerOptions extends SourceOptions {
  json?: boolean;
}

/** Does something to a sweep, and prints what the sweep is then. */
export async function steer(id: string, { json = false, ...source }: SteerOptions, { act, say }: { act(answers: Answers): Promise<void>; say(sweep: SweepDetail): string }): Promise<void> {
  await withAnswers(source, async (answers) => {
    await act(answers);
    const sweep = await answers.sweep(id);
    console.log(json ? jsonOf(sweep) : say(sweep));
  });
}

const running = ({ stages }: SweepDetail): number => stages.running ?? 0;
const toRun = ({ stages }: SweepDetail): number => (stages.ready ?? 0) + (stages.waiting ?? 0);

export const pause = (id: string, options: SteerOptions): Promise<void> =>
  steer(id, options, { act: (answers) => answers.pause(id), say: (sweep) => `Sweep ${id} is paused; ${running(sweep)} running stages end. \`elucidate resume ${id}\` lets it go on.` });

export const resume = (id: string, options: SteerOptions): Promise<void> =>
  steer(id, options, { act: (answers) => answers.resume(id), say: (sweep) => `Sweep ${id} goes on: ${toRun(sweep)} stages to run.` });

export const stop = (id: string, options: SteerOptions): Promise<void> =>
  steer(id, options, {
    act: (answers) => answers.stop(id),
    say: (sweep) => (sweep.state === 'running' ? `Sweep ${id} ends with its running cells (${running(sweep)} stages run); the rest is cancelled then.` : `Sweep ${id} is ${sweep.state}: no cell of it ran; ${sweep.stages.done ?? 0} finished stages are kept.`),
  });

export const cancel = (id: string, options: SteerOptions): Promise<void> =>
  steer(id, options, { act: (answers) => answers.cancel(id), say: (sweep) => `Sweep ${id} is cancelled; ${sweep.stages.done ?? 0} finished stages are kept.` });

export const retry = (id: string, { failed = false, stage, ...options }: SteerOptions & { failed?: boolean; stage: string[] }): Promise<void> => {
  const some: RetryRequest = { ...(failed && { failed }), ...(stage.length > 0 && { stages: stage }) };
  return steer(id, options, { act: (answers) => answers.retry(id, some), say: (sweep) => `Sweep ${id} ${sweep.state === 'running' ? 'continues' : `is ${sweep.state}`}: ${toRun(sweep)} stages to run.` });
};

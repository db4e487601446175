import { jsonOf } from '@elucidate/experiment/printable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers, RetryRequest } from '../answers.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';

export interface SteerOptions extends SourceOptions {
  json?: boolean;
}

/** Does something to a sweep, given by its id or name, and prints what the sweep is then. */
export async function steer(meant: string, { json = false, ...source }: SteerOptions, { act, say }: { act(answers: Answers, id: string): Promise<void>; say(sweep: SweepDetail): string }): Promise<void> {
  await withAnswers(source, async (answers) => {
    const { id } = await answers.sweep(await sweepIdOf(answers, meant));
    await act(answers, id);
    const sweep = await answers.sweep(id);
    console.log(json ? jsonOf(sweep) : say(sweep));
  });
}

const running = ({ stages }: SweepDetail): number => stages.running ?? 0;
const toRun = ({ stages }: SweepDetail): number => (stages.ready ?? 0) + (stages.waiting ?? 0);

const stagesWord = (count: number): string => (count === 1 ? '1 stage' : `${count} stages`);
const nothingRuns = 'nothing of it runs';

export const pause = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, {
    act: (answers, id) => answers.pause(id),
    say: (now) => `Sweep ${now.id} is paused; ${running(now) === 0 ? nothingRuns : `${stagesWord(running(now))} still running to the end`}. \`elucidate resume ${now.id}\` lets it go on.`,
  });

export const resume = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, { act: (answers, id) => answers.resume(id), say: (now) => `Sweep ${now.id} goes on: ${stagesWord(toRun(now))} to run.` });

export const stop = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, {
    act: (answers, id) => answers.stop(id),
    say: (now) => (now.state === 'running' ? `Sweep ${now.id} ends with its running cells (${stagesWord(running(now))} running); the rest is cancelled then.` : `Sweep ${now.id} is ${now.state}: no cell of it ran; ${kept(now)}.`),
  });

export const cancel = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, { act: (answers, id) => answers.cancel(id), say: (now) => `Sweep ${now.id} is cancelled; ${kept(now)}.` });

const kept = ({ stages }: SweepDetail): string => `${stages.done ?? 0} finished ${stages.done === 1 ? 'stage is' : 'stages are'} kept`;

export const retry = (sweep: string, { failed = false, stage, ...options }: SteerOptions & { failed?: boolean; stage: string[] }): Promise<void> => {
  const some: RetryRequest = { ...(failed && { failed }), ...(stage.length > 0 && { stages: stage }) };
  return steer(sweep, options, { act: (answers, id) => answers.retry(id, some), say: (now) => `Sweep ${now.id} ${now.state === 'running' ? 'continues' : `is ${now.state}`}: ${stagesWord(toRun(now))} to run.` });
};

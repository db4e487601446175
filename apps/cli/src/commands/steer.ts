import { plural } from '@elucidate/experiment/plural';
import { jsonOf } from '@elucidate/experiment/printable';
import type { SweepDetail } from '@elucidate/store/queries/sweeps';
import type { Answers, RetryRequest } from '../answers.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { leftText } from '../left-text.js';
import { stateWord } from '../results.js';

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
const kept = ({ stages }: SweepDetail): string => `${plural(stages.done ?? 0, 'finished stage')} ${stages.done === 1 ? 'is' : 'are'} kept`;
const withItsCells = (sweep: SweepDetail): string => `ends with its running cells (${plural(running(sweep), 'stage')} running); the rest is cancelled then`;
/** What a sweep does once it is resumed or retried. */
const goes = (sweep: SweepDetail, on: string): string =>
  sweep.stopping && !sweep.paused ? withItsCells(sweep) : `${sweep.state === 'running' && !sweep.paused ? on : `is ${stateWord(sweep)}`}: ${leftText(sweep)}`;

export const pause = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, {
    act: (answers, id) => answers.pause(id),
    say: (now) => `Sweep ${now.id} is paused; ${running(now) === 0 ? 'nothing of it runs' : `${plural(running(now), 'stage')} still running to the end`}. \`elucidate resume ${now.id}\` lets it go on.`,
  });

export const resume = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, { act: (answers, id) => answers.resume(id), say: (now) => `Sweep ${now.id} ${goes(now, 'goes on')}.` });

export const stop = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, {
    act: (answers, id) => answers.stop(id),
    say: (now) => (now.state === 'running' ? `Sweep ${now.id} ${withItsCells(now)}.` : `Sweep ${now.id} is ${now.state}: no cell of it ran; ${kept(now)}.`),
  });

export const cancel = (sweep: string, options: SteerOptions): Promise<void> =>
  steer(sweep, options, { act: (answers, id) => answers.cancel(id), say: (now) => `Sweep ${now.id} is cancelled; ${kept(now)}.` });

export const retry = (sweep: string, { failed = false, stage, ...options }: SteerOptions & { failed?: boolean; stage: string[] }): Promise<void> => {
  const some: RetryRequest = { ...(failed && { failed }), ...(stage.length > 0 && { stages: stage }) };
  return steer(sweep, options, { act: (answers, id) => answers.retry(id, some), say: (now) => `Sweep ${now.id} ${goes(now, 'continues')}.` });
};

import type { Advice, Offer } from '@elucidate/experiment/advice-offers';
import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import { renderAdvice } from '@elucidate/experiment/render-advice';
import { differenceText } from '../difference-text.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { sweepIdOf } from '../sweep-called.js';
import { outcomeText } from './apply.js';

export interface AdviseOptions extends SourceOptions {
  metric?: string;
  submit?: boolean;
  /** The place of an offer in the list, from 1. */
  offer?: number;
  dryRun?: boolean;
  json?: boolean;
}

/** Says how sure a sweep is of its best configuration and what to repeat; on request adds those seeds. Throws 'request.invalid' for an option of --submit without it. */
export async function advise(meant: string | undefined, { metric, submit = false, offer, dryRun = false, json = false, ...source }: AdviseOptions): Promise<void> {
  const [lone] = Object.entries({ '--offer': offer !== undefined, '--dry-run': dryRun }).filter(([, given]) => given && !submit);
  if (lone) throw new ElucidateError('request.invalid', `${lone[0]} is about what --submit adds; give --submit too, or leave it out to see the advice`);
  await withAnswers(source, async (answers) => {
    const { id, name, version } = await answers.sweep(await sweepIdOf(answers, meant));
    const advice = await answers.advice(id, metric);
    if (!submit) {
      process.stdout.write(json ? `${jsonOf(advice)}\n` : renderAdvice(advice));
      return;
    }
    const { rivals, trainSeeds, sampleSeeds } = chosen(advice, offer);
    const made = await answers.extend(id, { cells: [advice.best.cellId, ...rivals], trainSeeds, sampleSeeds }, { dryRun, version });
    console.log(json ? jsonOf(made) : `Sweep ${id}, ${printable(name)}:\n${differenceText(made)}\n${outcomeText(made, version)}`);
  });
}

/** Throws 'request.invalid' where nothing is advised, or the list has no such place. */
function chosen({ offers, recommended, sweepId }: Advice, place: number | undefined): Offer {
  const found = offers[place === undefined ? (recommended ?? -1) : place - 1];
  if (found !== undefined) return found;
  throw new ElucidateError('request.invalid', place === undefined ? `Nothing is advised for sweep ${sweepId}; choose one of the offers that \`elucidate advise ${sweepId}\` lists with --offer` : `There is no offer ${place}; \`elucidate advise ${sweepId}\` lists ${offers.length}`);
}

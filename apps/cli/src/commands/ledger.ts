import { ElucidateError } from '@elucidate/experiment/errors';
import { jsonOf } from '@elucidate/experiment/printable';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { renderLedger, renderLedgers } from '../render-ledger.js';
import { sweepIdOf } from '../sweep-called.js';

export interface LedgerOptions extends SourceOptions {
  /** Only sweeps of this owner. */
  owner?: string;
  json?: boolean;
}

/** What was spent, wasted and saved, in device-hours: for one sweep, or for all and each owner. */
export async function ledger(meant: string | undefined, { owner, json = false, ...source }: LedgerOptions): Promise<void> {
  if (meant !== undefined && owner !== undefined) throw new ElucidateError('request.invalid', `Name a sweep, ${meant}, or an owner, --owner ${owner}, not both`);
  await withAnswers(source, async (answers) => {
    if (meant !== undefined) {
      const found = await answers.ledger(await sweepIdOf(answers, meant));
      console.log(json ? jsonOf(found) : renderLedger(found));
      return;
    }
    const found = await answers.ledgers(owner);
    console.log(json ? jsonOf(found) : found.length === 0 ? `No sweeps${owner === undefined ? '' : ` of ${owner}`} in ${answers.source}.` : renderLedgers(found));
  });
}

import { isRaceOpen } from '@elucidate/experiment/race-open';
import { jsonOf, printable } from '@elucidate/experiment/printable';
import type { SweepSummary } from '@elucidate/store/queries/sweeps';
import { drawProgress } from '../bars.js';
import { withAnswers, type SourceOptions } from '../open-answers.js';
import { predictionLines } from '../predictions.js';
import { failureLinesOf, heldLines, precedenceText, stateWord, waitLines } from '../results.js';
import { sweepIdOf } from '../sweep-called.js';
import { watch } from './watch.js';

const line = (sweep: SweepSummary): string => {
  const { id, name, cells, trials, stages, createdAt } = sweep;
  const precedence = precedenceText(sweep);
  const total = Object.values(stages).reduce((a, b) => a + b, 0);
  return `${id}  ${stateWord(sweep).padEnd(9)} ${String(stages.done ?? 0).padStart(5)}/${String(total).padEnd(5)} stages  ${String(cells).padStart(5)} cells ${String(trials).padStart(6)} trials  ${createdAt.slice(0, 16)}  ${name}${precedence === '' ? '' : `  (${precedence})`}`;
};

/** All sweeps, or one with its stages by kind. */
export async function status(meant: string | undefined, { json = false, watch: follow = false, ...source }: SourceOptions & { json?: boolean; watch?: boolean }): Promise<void> {
  if (follow) return watch(meant, { json, ...source });
  await withAnswers(source, async (answers) => {
    if (meant === undefined) {
      const sweeps = await answers.sweeps(50);
      console.log(json ? jsonOf(sweeps) : sweeps.map(line).map(printable).join('\n') || `No sweeps yet in ${answers.source}.`);
      return;
    }
    const sweep = await answers.sweep(await sweepIdOf(answers, meant));
    const elapsedMs = Date.parse(sweep.endedAt ?? new Date().toISOString()) - Date.parse(sweep.createdAt);
    const failures = json ? [] : await failureLinesOf(answers, sweep);
    const { eta, predictions } = json ? { eta: null, predictions: [] } : await answers.eta(sweep.id);
    console.log(json ? jsonOf(sweep) : [line(sweep), ...drawProgress({ kinds: sweep.kinds, elapsedMs, eta, paused: sweep.paused, toLook: isRaceOpen(sweep.spec), running: [...heldLines(sweep), ...failures, ...waitLines(sweep)] }), ...predictionLines(predictions)].map(printable).join('\n'));
  });
}

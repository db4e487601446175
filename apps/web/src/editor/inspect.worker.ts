import '../no-eval.js';
import { ElucidateError, type Problem } from '@elucidate/experiment/errors';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { knownStatistics } from '@elucidate/experiment/pixel-statistics';
import { inspectSpec, type Inspection } from '@elucidate/figures/inspection';

/** Reads sweep files as the API does, and draws what `elucidate inspect` draws, away from the page: a sweep of many cells takes seconds. */

export interface Question {
  text: string;
  of: 'pictures' | 'mistakes';
}

export type InspectAnswer = Pick<Inspection, 'figures' | 'runs'> | { error: string };

/** Why a text is no sweep file; null: it is one. */
export type CheckAnswer = { message: string; problems: readonly Problem[] } | null;

function inspected(text: string): InspectAnswer {
  try {
    const spec = parseSpec(text);
    const { figures, runs } = inspectSpec(spec, { std: knownStatistics(spec.dataset)?.std });
    return { figures, runs };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function checked(text: string): CheckAnswer {
  try {
    parseSpec(text);
    return null;
  } catch (error) {
    // what is not a mistake of the text, the API is to find out
    return error instanceof ElucidateError ? { message: error.message, problems: error.problems ?? [] } : null;
  }
}

const answers: Readonly<Record<Question['of'], (text: string) => InspectAnswer | CheckAnswer>> = { pictures: inspected, mistakes: checked };

addEventListener('message', ({ data: { text, of } }: MessageEvent<Question>) => postMessage(answers[of](text)));

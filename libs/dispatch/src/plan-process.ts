import { contentId } from '@elucidate/experiment/canonical';
import { ElucidateError } from '@elucidate/experiment/errors';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep, type Plan } from '@elucidate/experiment/plan';
import { roundsAhead, type RoundAhead } from '@elucidate/experiment/rounds-ahead';
import { plannedWeaknesses } from '@elucidate/experiment/score-facts';
import { whyOf } from '@elucidate/experiment/why';
import { answerRequests } from './answer-requests.js';
import { describePlan } from './estimate.js';
import { planChunks, type PlanChunk } from './plan-chunks.js';
import type { Requests, SpecText } from './plan-messages.js';
import { jsonText } from './sql.js';

/** The process that reads and plans sweeps: see planner.ts. */

interface Held {
  name: string;
  weak: readonly string[];
  plan: Plan;
  /** Worked out when a summary is asked for. */
  ahead: () => readonly RoundAhead[];
  chunks: Iterator<PlanChunk>;
  ids: Iterator<readonly string[]>;
  done: Set<string>;
}

let held: Held | undefined;

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ElucidateError('request.invalid', `The body is not valid JSON: ${(cause as Error).message}. Correct it, or send YAML as application/yaml.`);
  }
}

/** Few: the event loop stands still while they are received and sent to the database. */
const idsAtATime = 1000;

function* idLists({ stages }: Plan, ahead: () => readonly RoundAhead[]): Generator<readonly string[]> {
  const ids = [...new Set([...stages, ...ahead().flatMap((round) => round.stages.flat())].map(({ id }) => id))];
  for (let from = 0; from < ids.length; from += idsAtATime) yield ids.slice(from, from + idsAtATime);
}

function plan({ text, format }: SpecText): Requests['plan']['result'] {
  held = undefined;
  const spec = parseSpec(format === 'json' ? parsedJson(text) : text);
  const planned = planSweep(spec);
  let found: RoundAhead[] | undefined;
  const ahead = (): RoundAhead[] => (found ??= roundsAhead(spec, planned));
  held = { name: spec.name, weak: plannedWeaknesses(spec), plan: planned, ahead, chunks: planChunks(planned), ids: idLists(planned, ahead), done: new Set() };
  return { name: spec.name, spec: jsonText(spec), specHash: contentId(spec), stages: planned.stages.length };
}

function holding(): Held {
  if (held === undefined) throw new Error('no plan is held');
  return held;
}

const nextOf = <T>(iterator: Iterator<T>): T | null => {
  const { value, done } = iterator.next();
  return done === true ? null : (value as T);
};

answerRequests<Requests>({
  plan,
  chunk: () => nextOf(holding().chunks),
  ids: () => nextOf(holding().ids),
  done: (ids) => {
    const { done } = holding();
    for (const id of ids) done.add(id);
    return null;
  },
  summary: (rates) => {
    const { name, weak, plan: { cells, trials, stages }, ahead, done } = holding();
    return describePlan({ name, cells: cells.length, trials: trials.length, stages, done, rates, weak, ahead: ahead() });
  },
  why: () => whyOf(holding().plan.stages, holding().done),
});

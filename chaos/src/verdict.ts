import type { AttemptRow, Evidence } from './evidence.js';
import type { Expected } from './scenario.js';

/** When the fault was, by the clock of this machine, and what ran when it began. */
export interface FaultTimes {
  beganAt: number;
  endedAt: number;
  /** Stages that were running when it began. */
  hit: readonly { stageId: string }[];
}

export interface Verdict {
  /** Stages of accepted sweeps that did not end as done; a whole sweep that is not there counts as one. */
  lost: number;
  /** Results reported or written twice, and pairs of attempts that held valid leases at the same time. */
  duplicated: number;
  /** Outputs, metrics and files that are not those of the undisturbed run. */
  wrong: number;
  /** Attempts that came too late, and whose results were not written. */
  refused: number;
  /** From the end of the fault to the next end of a stage that it hit: one of which an attempt under way did not succeed, or else any that was running when it began; null if none was. */
  recoverMs: number | null;
  /** Duration of attempts that led to no result. */
  wastedMs: number;
  /** What else was promised and did not happen. */
  problems: readonly string[];
}

export function verdictOf(evidence: Evidence, undisturbed: ReadonlyMap<string, string>, { times, expected = {} }: { times: FaultTimes; expected?: Expected | undefined }): Verdict {
  return {
    lost: lostOf(evidence),
    duplicated: doneTwice(evidence) + overlapping(evidence.attempts),
    wrong: evidence.damaged.length + differences(evidence.results, undisturbed),
    refused: evidence.messages.filter((message) => /lease lost|stale|has lost its lease/.test(message)).length,
    recoverMs: recovery(evidence, times),
    wastedMs: evidence.attempts.filter(({ outcome }) => outcome !== 'done').reduce((sum, { startedAt, endedAt }) => sum + ((endedAt ?? startedAt) - startedAt), 0),
    problems: problemsOf(evidence, times, expected),
  };
}

export const isClean = ({ lost, duplicated, wrong, problems }: Verdict): boolean => lost + duplicated + wrong === 0 && problems.length === 0;

function lostOf({ accepted, sweeps, stages }: Evidence): number {
  const present = new Set(sweeps.map(({ id }) => id));
  return accepted.filter((id) => !present.has(id)).length + stages.filter(({ state }) => state !== 'done').length;
}

/** A stage whose result was written more than once: by the attempts, or by what the workers report. */
function doneTwice({ attempts, messages }: Evidence): number {
  const written = countBy(attempts.filter(({ outcome }) => outcome === 'done').map(({ stageId }) => stageId));
  const reported = countBy(messages.flatMap((message) => /^([\w-]+ [0-9a-f]{8}): done\b/.exec(message)?.[1] ?? []));
  return Math.max(...[written, reported].map((counts) => [...counts.values()].reduce((sum, n) => sum + n - 1, 0)));
}

function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Pairs of attempts at one stage of which the later began before the earlier ended. */
const overlapping = (attempts: readonly AttemptRow[]): number => attempts.filter(({ stageId, token, startedAt }) =>
  attempts.some((earlier) => earlier.stageId === stageId && earlier.token < token && (earlier.endedAt === null || earlier.endedAt > startedAt))).length;

const differences = (results: ReadonlyMap<string, string>, undisturbed: ReadonlyMap<string, string>): number =>
  [...results].filter(([name, value]) => undisturbed.get(name) !== value).length;

function recovery({ stages, attempts }: Evidence, { hit, beganAt, endedAt }: FaultTimes): number | null {
  const disturbed = attempts.filter((attempt) => attempt.outcome !== 'done' && attempt.startedAt <= endedAt && (attempt.endedAt ?? Infinity) >= beganAt);
  const ids = new Set((disturbed.length > 0 ? disturbed : hit).map(({ stageId }) => stageId));
  const ends = stages.filter(({ id }) => ids.has(id)).map((stage) => (stage.state === 'done' && stage.endedAt) || Infinity);
  return ends.length === 0 ? null : Math.max(0, Math.min(...ends) - endedAt);
}

function problemsOf({ stages, attempts, messages }: Evidence, { beganAt, endedAt }: FaultTimes, { uncounted = false, goesOn = false, setAside = false }: Expected): string[] {
  const ended = stages.filter(({ state }) => !['done', 'ready', 'waiting', 'running'].includes(state));
  const counted = stages.filter(({ counted }) => counted > 0);
  const during = attempts.filter((attempt) => attempt.outcome === 'done' && attempt.endedAt !== null && attempt.endedAt > beganAt && attempt.endedAt < endedAt);
  return [
    ...(ended.length > 0 ? [`${ended.length} stages ended as ${[...new Set(ended.map(({ state, code }) => `${state} (${code})`))].join(', ')}`] : []),
    ...(uncounted && counted.length > 0 ? [`attempts were counted at ${counted.length} stages: ${[...new Set(attempts.flatMap(({ code }) => code ?? []))].join(', ')}`] : []),
    ...(setAside && !messages.some((message) => message.startsWith('set aside for ')) ? ['no worker was set aside'] : []),
    ...(goesOn && during.length === 0 ? [`no stage ended in the ${((endedAt - beganAt) / 1000).toFixed(0)} s of the fault`] : []),
  ];
}

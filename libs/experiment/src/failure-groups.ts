import type { GroupBlame } from './group-blame.js';
import { labelOf } from './labels.js';
import { plural } from './plural.js';
import { printable } from './printable.js';
import { shortened } from './text-limits.js';
import type { StageKind, StageState } from './stages.js';

/** Failed attempts of a sweep that have the same cause, as far as code, message and stack tell. */
export interface FailureGroup {
  /** failureFingerprint of the attempts; the error's code for those that have none. */
  fingerprint: string;
  code: string;
  /** How many stages failed so at least once. */
  stages: number;
  attempts: number;
  /** What has become of these stages. */
  states: Partial<Record<StageState, number>>;
  /** Other stages that were not run because they need one of these. */
  notRun: number;
  kinds: Partial<Record<StageKind, number>>;
  /** Those with most failed attempts, at most 20. */
  workers: { id: string; host: string | null; version: string | null; attempts: number }[];
  workerCount: number;
  /** ISO times of the first and the last failure. */
  firstAt: string;
  lastAt: string;
  /** The last failure. */
  example: { stageId: string; token: number; kind: StageKind; workerId: string; message: string };
  /** Values of varied parameters that all stages of the group that are not done share and no done stage of their kinds has. */
  common: { parameter: string; value: unknown }[];
  blame: GroupBlame;
  /** The evidence for it. */
  because: string;
  remedy: string;
}

export interface SweepFailures {
  sweepId: string;
  /** Those of most stages first. */
  groups: readonly FailureGroup[];
  /** True: there are more failed attempts, or groups, than were looked at. */
  cut: boolean;
}

/** "12 train, 3 score stages". */
export const stagesText = ({ kinds, stages }: Pick<FailureGroup, 'kinds' | 'stages'>): string =>
  `${Object.entries(kinds).map(([kind, count]) => `${count} ${kind}`).join(', ')} ${stages === 1 ? 'stage' : 'stages'}`;

/** "schedule cosine(0, 1, 1), steps 5". */
export const commonValuesText = ({ common }: Pick<FailureGroup, 'common'>): string => common.map(({ parameter, value }) => `${parameter} ${labelOf(parameter, value)}`).join(', ');

const firstLine = (text: string, limit: number): string => {
  const [line = ''] = text.split('\n', 1);
  return line.length <= limit ? line : `${line.slice(0, limit - 3)}...`;
};

/** One line for each group: what failed, how often, the blame, and what the error says. */
export const failureLines = ({ groups, cut }: Pick<SweepFailures, 'groups' | 'cut'>): string[] => [
  ...groups.map((group) => `${stagesText(group)} failed, ${group.code}, blame: ${group.blame}: ${firstLine(group.example.message, 200)}`),
  ...(cut ? ['and others'] : []),
].map(printable);

function groupText(group: FailureGroup, index: number): string {
  const { states, notRun, workers, workerCount, example, firstAt, lastAt } = group;
  const became = Object.entries(states).map(([state, count]) => `${count} ${state}`).join(', ');
  const shownWorkers = workers.slice(0, 5).map(({ id, attempts }) => `${id} (${attempts})`).join(', ');
  const common = commonValuesText(group);
  const fields: [string, string][] = [
    ['stages', `${stagesText(group)}, by now ${became}${notRun > 0 ? `; ${plural(notRun, 'other')} not run because of them` : ''}`],
    ['attempts', `${group.attempts} on ${plural(workerCount, 'worker')}: ${shownWorkers}${workerCount > 5 ? ' ...' : ''}`],
    ['when', firstAt === lastAt ? firstAt : `${firstAt} to ${lastAt}`],
    ...(common === '' ? [] : [['in common', `${common}; no done stage has ${group.common.length === 1 ? 'it' : 'any of these'}`] as [string, string]]),
    ['blame', `${group.blame}: ${group.because}`],
    ['remedy', group.remedy],
    ['log', `elucidate logs ${example.stageId.slice(0, 8)} --attempt ${example.token}`],
  ];
  const message = shortened(example.message, 2000).split('\n').map((line) => `   ${printable(line)}`);
  return [`${index + 1}. ${printable(group.code)} (${printable(group.fingerprint)})`, ...message, ...fields.map(([name, text]) => `   ${name.padEnd(9)} ${printable(text)}`)].join('\n');
}

/** The groups as text for a terminal, safe whatever the messages hold. */
export function renderFailures({ sweepId, groups, cut }: SweepFailures): string {
  if (groups.length === 0) return `No stage of sweep ${sweepId} has failed.`;
  return [...groups.map(groupText), ...(cut ? ['There are more failures than were looked at.'] : [])].join('\n\n');
}

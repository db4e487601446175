import { higherIsBetter } from './metric-requests.js';
import type { Scalar } from './raw-columns.js';
import type { TrialRecord, TrialsPage } from './trials.js';

/** Line by line the journal of Optuna's JournalStorage (optuna/storages/_journal/storage.py, versions 3.1 and later), which it replays: a study for each evaluator and number of images, since other scores do not compare. */

const createStudy = 0;
const setStudyUserAttr = 2;
const createTrial = 4;
const directions = { minimise: 1, maximise: 2 } as const;
const states = { complete: 1, fail: 3 } as const;

/** Columns of trials that are no parameter stand after this one. */
const firstOther = 'train_seed';

export interface OptunaOptions {
  /** The trials, from the first page on, each time it is called. */
  pages: () => AsyncIterable<TrialsPage>;
  /** The objective, a metric's key. */
  metric: string;
  /** Name of the study; where there are several, with evaluator and n. */
  name: string;
  sweepId: string;
}

interface Distribution {
  /** As Optuna writes it. */
  json: string;
  /** How Optuna stores a value: a number itself, of a choice its place. */
  stored(value: Scalar): number;
}

/** Trials that have ended; the others would be taken for trials that somebody is to run. */
const hasEnded = ({ state }: TrialRecord): boolean => state === 'done' || state === 'failed' || state === 'quarantined';
const isScored = (trial: TrialRecord, metric: string): boolean => trial['state'] === 'done' && typeof trial[metric] === 'number' && Number.isFinite(trial[metric]);
const groupOf = (trial: TrialRecord): string => (trial['evaluator'] == null ? '' : `evaluator ${String(trial['evaluator']).slice(0, 8)}, n ${String(trial['n'])}`);
const parametersOf = ({ columns }: TrialsPage): string[] => columns.slice(1, columns.indexOf(firstOther));

/** Numbers have a range, anything else choices. */
function distributionOf(values: readonly Scalar[]): Distribution {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) {
    const whole = numbers.every(Number.isInteger);
    const [low, high] = [numbers.reduce((a, b) => Math.min(a, b)), numbers.reduce((a, b) => Math.max(a, b))];
    return { json: JSON.stringify({ name: whole ? 'IntDistribution' : 'FloatDistribution', attributes: { log: false, step: whole ? 1 : null, low, high } }), stored: Number };
  }
  const places = new Map(values.map((choice, i) => [choice, i]));
  return { json: JSON.stringify({ name: 'CategoricalDistribution', attributes: { choices: values } }), stored: (value) => places.get(value)! };
}

interface Survey {
  /** Study by group, in their order. */
  studies: Map<string, number>;
  distributions: Map<string, Distribution>;
}

async function survey({ pages, metric }: OptunaOptions): Promise<Survey> {
  const groups = new Set<string>();
  const seen = new Map<string, Set<Scalar>>();
  for await (const page of pages()) {
    const parameters = parametersOf(page);
    for (const trial of page.trials.filter(hasEnded)) {
      if (isScored(trial, metric)) groups.add(groupOf(trial));
      for (const name of parameters) if (trial[name] != null) seen.set(name, (seen.get(name) ?? new Set()).add(trial[name]));
    }
  }
  if (groups.size === 0) groups.add('');
  return { studies: new Map([...groups].map((group, i) => [group, i])), distributions: new Map(Array.from(seen, ([name, of]) => [name, distributionOf([...of])])) };
}

const line = (record: object): string => `${JSON.stringify({ worker_id: 'elucidate', ...record })}\n`;

function trialLine(trial: TrialRecord, { studies, distributions }: Survey, { metric, columns }: { metric: string; columns: readonly string[] }): string {
  const scored = isScored(trial, metric);
  const given = [...distributions].filter(([name]) => trial[name] != null);
  const others = columns.filter((column) => !distributions.has(column) && column !== metric);
  return line({
    op_code: createTrial,
    // what has no score compares with nothing; it is shown in the first study
    study_id: scored ? studies.get(groupOf(trial)) : 0, datetime_start: null,
    state: scored ? states.complete : states.fail, value: scored ? trial[metric] : null, values: null,
    distributions: Object.fromEntries(given.map(([name, { json }]) => [name, json])), params: Object.fromEntries(given.map(([name, { stored }]) => [name, stored(trial[name]!)])),
    user_attrs: Object.fromEntries(others.map((column) => [column, trial[column] ?? null])), system_attrs: {}, intermediate_values: {},
  });
}

/** The ended trials of a sweep as an Optuna journal: parameters are what varies, seeds and other columns user attributes; a trial that diverged or failed is one that failed. Reads the trials twice: distributions come before values. */
export async function* trialsOptuna(options: OptunaOptions): AsyncGenerator<string> {
  const { pages, metric, name, sweepId } = options;
  const found = await survey(options);
  for (const [group, id] of found.studies) {
    yield line({ op_code: createStudy, study_name: found.studies.size === 1 ? name : `${name} (${group})`, directions: [higherIsBetter(metric) ? directions.maximise : directions.minimise] });
    for (const [key, value] of Object.entries({ source: 'elucidate', sweep: sweepId, metric, scores: group })) yield line({ op_code: setStudyUserAttr, study_id: id, user_attr: { [key]: value } });
  }
  for await (const { columns, trials } of pages()) yield trials.filter(hasEnded).map((trial) => trialLine(trial, found, { metric, columns })).join('');
}

import { digits, shortId } from '@elucidate/experiment/estimate-text';
import { labelOf } from '@elucidate/experiment/labels';
import { byMetricOrder, isMetricKey, metricTitle } from '@elucidate/experiment/metric-requests';
import { plural } from '@elucidate/experiment/plural';
import { printable } from '@elucidate/experiment/printable';
import { codeVersions } from '@elucidate/experiment/stages';
import { sizeText } from '@elucidate/shell/size';
import type { ProvenanceMetric, ProvenanceStage, ResultProvenance, ResultTrial } from '@elucidate/store/queries/provenance';
import { clock } from './bars.js';

/** A score, with all that decides what it compares with. */
function scoreLine({ name, value, stddev, n, evaluator }: ProvenanceMetric, metrics: readonly ProvenanceMetric[]): string {
  const real = metrics.find((other) => other.name === `${name}_real`);
  const basis = [n === null ? '' : `n = ${n}`, evaluator === null ? '' : `evaluator ${shortId(evaluator)}`, real === undefined ? '' : `real images ${digits(name, real.value)}${real.n === n ? '' : ` at n = ${real.n ?? '-'}`}`].filter((part) => part !== '');
  return `  ${metricTitle(name)} ${value === null ? 'diverged' : `${digits(name, value)} (${value})`}${stddev === null ? '' : ` ± ${digits(name, stddev)}`}${basis.length === 0 ? '' : `; ${basis.join(', ')}`}`;
}

function scoreLines({ metrics }: ProvenanceStage): string[] {
  const scores = metrics.filter(({ name }) => isMetricKey(name)).sort((a, b) => byMetricOrder(a.name, b.name));
  return scores.map((metric) => scoreLine(metric, metrics));
}

/** What the fingerprint is a hash of. */
function evaluatorLines({ metrics }: ProvenanceStage): string[] {
  const found = metrics.find(({ details }) => details?.['evaluator'] !== undefined);
  if (found === undefined) return [];
  const facts = Object.entries(found.details!['evaluator'] as Record<string, unknown>);
  return ['', `Evaluator ${found.evaluator ?? '-'}`, ...facts.map(([name, fact]) => `  ${name.padEnd(13)}  ${typeof fact === 'string' ? fact : JSON.stringify(fact)}`)];
}

const trialLine = ({ sweepId, sweepName, owner, cellId, trainSeed, sampleSeed }: ResultTrial): string =>
  `  configuration ${shortId(cellId)}, train seed ${trainSeed}, sample seed ${sampleSeed} of ${sweepName} (sweep ${sweepId} of ${owner})`;

function madeLine({ state, attempt, attempts, provenance }: ProvenanceStage): string {
  if (attempt === null) return state === 'done' ? '    no attempt is on record' : `    ${state}, after ${plural(attempts, 'attempt')}`;
  const took = attempt.endedAt === null ? '' : ` in ${clock((Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt)) / 1000)}`;
  const by = `    by attempt ${attempt.token}${attempts > 1 ? ` (of ${attempts})` : ''} on ${attempt.workerId}${attempt.workerVersion === null ? '' : `, version ${attempt.workerVersion}`}, ${attempt.startedAt.slice(0, 19)}Z${took}`;
  return provenance === null ? by : `${by}\n    on ${provenance.engine}, ${plural(provenance.threads, 'thread')}, ${provenance.device}, host ${provenance.host}; node ${provenance.node}, elucidate ${provenance.elucidate}${provenance.wentOnAfter === undefined ? '' : `; went on after ${provenance.wentOnAfter} images, from a shorter training`}${programText(provenance.program)}`;
}

const programText = (versions: Readonly<Record<string, string>> = {}): string =>
  Object.keys(versions).length === 0 ? '' : `; the program says ${Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(', ')}`;

/** A stage: what it is, who computed it, what it left. */
function stageLines(stage: ProvenanceStage): string[] {
  const { id, kind, codeVersion, params, inputs, outputs, metrics } = stage;
  const read = Object.entries(inputs).map(([name, input]) => `${name} ${shortId(input)}`);
  const numbers = metrics.filter(({ name }) => !isMetricKey(name) && !/_(real|trajectory)$/.test(name));
  return [
    `  ${kind} ${id}, code version ${codeVersion}${codeVersion === codeVersions[kind] ? '' : ` (this program has ${codeVersions[kind]})`}${read.length === 0 ? '' : `, reads ${read.join(', ')}`}`,
    ...madeLine(stage).split('\n'),
    `    params: ${Object.keys(params).sort().map((name) => `${name} ${labelOf(name, params[name])}`).join('; ')}`,
    ...numbers.map(({ name, value }) => `    ${name} ${value === null ? 'diverged' : String(value)}`),
    ...outputs.map(({ name, hash, sizeBytes }) => `    ${name} ${hash} (sha256, ${sizeText(sizeBytes)})`),
  ];
}

/** Everything behind the numbers of a stage, for people: the numbers, what decides what they compare with, whose they are, the stages they come from, and how to compute them again. */
export function renderProvenance(result: ResultProvenance): string {
  const { stages, trials, trialsCut, stageId } = result;
  const own = stages.at(-1)!;
  const short = shortId(stageId);
  const scores = scoreLines(own);
  return [
    `${own.kind} ${short}`, ...(scores.length === 0 ? [own.kind === 'score' ? `  no score yet: ${own.state}` : '  no score of its own'] : scores), ...evaluatorLines(own), '',
    trials.length === 1 ? 'The trial' : 'The trials that have it', ...trials.map(trialLine), ...(trialsCut ? [`  and others; these are ${trials.length} of the newest`] : []), '',
    'Stages it comes from, each after those it reads', ...stages.flatMap(stageLines), '',
    ...(trials.length === 0 ? [] : ['Compute it again, and compare', `  elucidate verify ${short} --chain`, 'Or from nothing, in a folder of its own', `  elucidate provenance ${short} --spec > ${short}.json && ELUCIDATE_HOME=again elucidate run --local ${short}.json`]),
  ].map(printable).join('\n').trimEnd();
}

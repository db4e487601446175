import type { Parameterisation } from '@elucidate/experiment/design';
import { columnTitle, gridCases, gridParameterisations, type ProofCase, proofCases, singleCases } from './cases.js';
import type { Control } from './controls.js';
import type { Proof } from './prove-case.js';
import { level, margin, settings } from './settings.js';
import { type Discrepancy, upperLimit } from './two-sample-test.js';

export interface Report {
  engine: string;
  proofs: Proof[];
  controls: Control[];
  seconds: number;
}

/** Whether every control and every case came out as expected. */
export function holds({ proofs, controls }: Pick<Report, 'proofs' | 'controls'>): boolean {
  return controls.every(({ passes, mustPass }) => passes === mustPass) && proofs.every(({ verdict }) => verdict === 'passes' || verdict === 'fails as expected');
}

/** The report as Markdown. */
export function markdown(report: Report): string {
  const proofOf = new Map(report.proofs.map((proof) => [proof.name, proof]));
  const count = (verdict: Proof['verdict']) => report.proofs.filter((proof) => proof.verdict === verdict).length;
  const parts = [
    `${report.proofs.length} designs: ${count('passes')} pass, ${count('fails')} fail, ${count('fails as expected')} fail as expected, ${count('passes against expectation')} pass against expectation. ${report.engine}; ${report.seconds.toFixed(0)} s.`,
    `Squared MMD in thousandths, of ${settings.samples} samples and as many fresh draws. A design passes when the upper limit of its MMD (level ${level} for up to ${settings.rounds.length} looks) is below ${thousandths(margin.bound)}. In brackets the updates; bold is what did not pass.`,
    controlTable(report.controls),
    gridTable(proofOf),
    singleTable(proofOf),
    failures(report.proofs),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

function controlTable(controls: readonly Control[]): string {
  if (controls.length === 0) return '';
  return table(['compared with the data', 'MMD²', 'upper limit', 'must', 'does'], controls.map(({ name, found, mustPass, passes }) =>
    [name, estimate(found), limit(found), mustPass ? 'pass' : 'fail', passes ? 'pass' : 'fail']));
}

/** Schedules and distributions in rows, parameterisations in columns: MMD and updates. */
function gridTable(proofOf: ReadonlyMap<string, Proof>): string {
  const names = [...new Set(gridCases.map(levelsName))];
  const cell = (levels: string, kind: Parameterisation) => {
    const found = gridCases.find((one) => levelsName(one) === levels && one.design.parameterisation === kind);
    const proof = found && proofOf.get(found.name);
    return proof ? `${mark(proof)} (${proof.updates})` : '';
  };
  const rows = names.map((levels) => [levels, ...exactly(levels, proofOf), ...gridParameterisations.map((kind) => cell(levels, kind))]).filter((row) => row.slice(1).some((text) => text !== ''));
  return rows.length === 0 ? '' : table(['levels', 'levels sampled', 'exact', ...gridParameterisations.map(columnTitle)], rows);
}

/** The levels sampled, and what the exact denoiser reaches on them, which is the same for every parameterisation. */
function exactly(levels: string, proofOf: ReadonlyMap<string, Proof>): [string, string] {
  const proof = gridCases.filter((one) => levelsName(one) === levels).map(({ name }) => proofOf.get(name)).find((found) => found !== undefined);
  return proof ? [levelsOf(proof), estimate(proof.exact)] : ['', ''];
}

function singleTable(proofOf: ReadonlyMap<string, Proof>): string {
  const proofs = singleCases.map(({ name }) => proofOf.get(name)).filter((proof) => proof !== undefined);
  if (proofs.length === 0) return '';
  return table(['design, on linear unless it says', 'levels sampled', 'exact', 'MMD²', 'upper limit', 'updates', 'verdict'], proofs.map((proof) =>
    [proof.name, levelsOf(proof), estimate(proof.exact), estimate(proof.found), limit(proof.found), `${proof.updates}`, proof.verdict]));
}

/** Every case that did not simply pass, grouped by reason. */
function failures(proofs: readonly Proof[]): string {
  const odd = proofs.filter(({ verdict }) => verdict !== 'passes');
  const reasonOf = ({ name, verdict }: Proof) => `${verdict}${reasons.has(name) ? `: ${reasons.get(name)}` : ''}`;
  return [...new Set(odd.map(reasonOf))].map((reason) => `- ${odd.filter((proof) => reasonOf(proof) === reason).map(({ name }) => name).join('; ')}: ${reason}.`).join('\n');
}

const reasons = new Map(proofCases.flatMap(({ name, failsBecause }) => (failsBecause === undefined ? [] : [[name, failsBecause] as const])));

function levelsName({ design: { noiseDistribution, schedule } }: ProofCase): string {
  return noiseDistribution.kind === 'schedule' ? schedule.kind : `sigma from ${noiseDistribution.kind}`;
}

function mark({ found, verdict }: Proof): string {
  return verdict === 'passes' ? estimate(found) : `**${estimate(found)}**`;
}

function levelsOf({ sigmas: { highest, lowest } }: Proof): string {
  return `${Number(highest.toPrecision(3))} to ${Number(lowest.toPrecision(2))}`;
}

function estimate({ value, error }: Discrepancy): string {
  return `${thousandths(value)} ± ${thousandths(error)}`;
}

function limit(found: Discrepancy): string {
  return thousandths(upperLimit(found, margin.z));
}

function thousandths(value: number): string {
  return (value * 1000).toFixed(1);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

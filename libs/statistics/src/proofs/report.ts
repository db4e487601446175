import { holds, type Proof, type Simulation } from './proof.js';

const decimals = ({ part, name }: Proof): string => (part === 'optimism' || name.endsWith('members') ? 'plain' : 'percent');

function valueText(proof: Proof): string {
  return decimals(proof) === 'percent' ? `${(100 * proof.measured).toFixed(1)} %` : proof.measured.toFixed(2);
}

function promiseText(proof: Proof): string {
  if (proof.promise === null) return '-';
  const { low, high } = proof.promise;
  if (decimals(proof) === 'plain') return `${low.toFixed(2)} to ${high.toFixed(2)}`;
  const percent = (share: number): string => String(Number((100 * share).toFixed(1)));
  return high === 1 ? `at least ${percent(low)} %` : low === 0 ? `at most ${percent(high)} %` : `${percent(low)} to ${percent(high)} %`;
}

/** What was measured, as a Markdown table, and a line that says whether every promise holds. */
export function proofReport(proofs: readonly Proof[], { runs, seed }: Simulation): string {
  const cells = [['part', 'simulated', 'measured', 'promised'], ...proofs.map((proof) => [proof.part, proof.name, valueText(proof), `${promiseText(proof)}${holds(proof) ? '' : ': NOT HELD'}`])];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((text, column) => (column === 2 ? text.padStart(widths[column]!) : text.padEnd(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 2 ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`;
  const broken = proofs.filter((proof) => !holds(proof)).length;
  const [head, ...rows] = cells;
  return [line(head!), rule, ...rows.map(line), '', `${broken === 0 ? 'Every promise holds' : `${broken} promises do not hold`}; up to ${runs} simulated sweeps each, seed ${seed}.`].join('\n');
}

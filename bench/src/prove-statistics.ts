import { extrapolationProofs } from '@elucidate/metrics/proofs/extrapolation';
import { exitCodes, reportError } from '@elucidate/shell/exit';
import { json, wholeNumber } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { holds } from '@elucidate/statistics/proofs/proof';
import { proveStatistics } from '@elucidate/statistics/proofs/prove';
import { proofReport } from '@elucidate/statistics/proofs/report';
import { Option } from 'commander';

/** `npm run prove:statistics`: whether the statistics of the tables keep what they promise. */

const examples = `
Examples:
  $ npm run prove:statistics
  $ npm run prove:statistics -- --runs 20000 --seed 2
  $ npm run -s prove:statistics -- --json > statistics.json

Exit codes: 0 every promise holds, 1 some do not, 2 invalid options.`;

function main(): void {
  const { runs, seed, json: asJson } = createProgram('npm run prove:statistics --', import.meta.url)
    .description('Simulates sweeps of which the truth is known, and measures how often 95 % intervals contain it, paired tests err, the group of the best contains the best, and effects are found where there are none, how much a winner flatters itself, and what extrapolation leaves of the bias of FID.')
    .addOption(new Option('--runs <n>', 'sweeps simulated for each line').argParser(wholeNumber(100, 1e6)).default(4000))
    .addOption(new Option('--seed <n>', 'seed of the simulation').argParser(wholeNumber(0, 2 ** 31)).default(1))
    .addOption(json('print the results as JSON'))
    .addHelpText('after', examples).parse().opts<{ runs: number; seed: number; json?: boolean }>();
  const proofs = [...proveStatistics({ runs, seed }), ...extrapolationProofs({ runs, seed })];
  console.log(asJson ? JSON.stringify({ runs, seed, proofs: proofs.map((proof) => ({ ...proof, holds: holds(proof) })) }, undefined, 2) : proofReport(proofs, { runs, seed }));
  if (!proofs.every(holds)) process.exitCode = exitCodes.failed;
}

try {
  main();
} catch (error) {
  process.exitCode = reportError(error);
}

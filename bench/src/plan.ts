import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { reportError } from '@elucidate/shell/exit';
import { json, listOf } from '@elucidate/shell/options';
import { createProgram } from '@elucidate/shell/program';
import { type Command, Option } from 'commander';
import { documentOf, largeSweeps, type LargeSweep } from './large-sweeps.js';
import { planningTable, submittingTable, type PlanningRow } from './plan-tables.js';
import { seconds } from './seconds.js';
import { measureSubmitting, type SubmittingRow } from './submitting.js';

/** `npm run bench:plan`: how long the largest sweeps take to read and to plan, and how an API answers while it takes one. */

const parts = ['planning', 'submitting'] as const;
type Part = (typeof parts)[number];

const submitted: readonly LargeSweep[] = ['10,000 cells, 100 training runs', '10,000 cells, a training run each', '100,000 cells, 100 training runs'];

const examples = `
Examples:
  $ npm run bench:plan
  $ npm run bench:plan -- --part planning           # without a database, ten seconds
  $ npm run bench:plan -- --part submitting --json

Submitting starts an API and an embedded PostgreSQL for each sweep, and takes minutes.`;

const program = (): Command => createProgram('npm run bench:plan --', import.meta.url)
  .description('Measures how long the largest sweeps take to read and to plan, and how fast the API answers health checks while they are submitted.')
  .addOption(new Option('--part <list>', `what to measure, comma-separated: ${parts.join(', ')} (default: both)`).argParser(listOf(parts)))
  .addOption(json())
  .addHelpText('after', examples);

function measurePlanning(sweep: LargeSweep): PlanningRow {
  const read = seconds(() => parseSpec(documentOf(sweep)));
  const planned = seconds(() => planSweep(read.value));
  return { sweep, cells: planned.value.cells.length, stages: planned.value.stages.length, readingSeconds: read.cpu, planningSeconds: planned.cpu };
}

async function main(): Promise<void> {
  const { part = parts, json: asJson } = program().parse().opts<{ part?: readonly Part[]; json?: boolean }>();
  const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: availableParallelism(), loadBefore: loadavg()[0]!, node: process.versions.node };
  const planning = part.includes('planning') ? largeSweeps.map(measurePlanning) : [];
  const submitting: SubmittingRow[] = [];
  for (const sweep of part.includes('submitting') ? submitted : []) submitting.push(await measureSubmitting(sweep));
  if (asJson) return console.log(JSON.stringify({ ...machine, planning, submitting }, null, 2));
  console.log(`${machine.processor}, ${machine.cores} cores; Node ${machine.node}; load ${machine.loadBefore.toFixed(1)} before.\n`);
  console.log([...(planning.length > 0 ? [planningTable(planning)] : []), ...(submitting.length > 0 ? [submittingTable(submitting)] : [])].join('\n\n'));
}

main().catch((error: unknown) => {
  process.exitCode = reportError(error);
});

import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { proofCases } from './cases.js';
import type { Answer, Task } from './child.js';
import type { Control } from './controls.js';
import { inProcesses } from './pool.js';
import type { Proof } from './prove-case.js';
import { holds, markdown } from './report.js';

const usage = `npm run prove -- [options]: trains a small network with every part of the design space until its samples pass a two-sample test

  --only <words>   the cases whose name holds these words, with the controls; repeat for more
  --workers <n>    processes, one core each; the number of cores when not given
  --json           the results as JSON
  --list           the names of the cases`;

/** Runs the command; resolves to its exit code: 0 all results as expected, 1 some not, 2 wrong usage. */
export async function prove(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { only: { type: 'string', multiple: true }, workers: { type: 'string' }, json: { type: 'boolean' }, list: { type: 'boolean' }, help: { type: 'boolean' } } });
  const chosen = chosenCases(values.only);
  const workers = values.workers === undefined ? availableParallelism() : Number(values.workers);
  if (values.help) return printed(usage, 0);
  if (chosen.length === 0) return printed(`No case's name holds ${values.only!.map((words) => `"${words}"`).join(' or ')}; --list names them all`, 2);
  if (!Number.isInteger(workers) || workers < 1) return printed(`--workers is ${values.workers}; give a whole number from 1`, 2);
  if (values.list) return printed(chosen.map((index) => proofCases[index]!.name).join('\n'), 0);
  const report = await proven(chosen, workers);
  console.log(values.json ? JSON.stringify(report, undefined, 2) : markdown(report));
  return holds(report) ? 0 : 1;
}

function chosenCases(only: readonly string[] = ['']): number[] {
  return proofCases.flatMap(({ name }, index) => (only.some((words) => name.includes(words)) ? [index] : []));
}

function printed(text: string, code: number): number {
  (code === 0 ? console.log : console.error)(text);
  return code;
}

async function proven(chosen: readonly number[], workers: number) {
  const began = performance.now();
  const proofs: Proof[] = [];
  const controls: Control[] = [];
  const tasks: Task[] = ['controls', ...chosen];
  const seconds = () => (performance.now() - began) / 1000;
  const onAnswer = (answer: Answer) => {
    if (answer.kind === 'controls') controls.push(...answer.controls);
    if (answer.kind !== 'proof') return;
    proofs.push(answer.proof);
    process.stderr.write(`${progressLine(answer.proof, { done: proofs.length, of: chosen.length, seconds: seconds() })}\n`);
  };
  const engine = await inProcesses(tasks, { workers, onAnswer });
  const order = new Map(proofCases.map(({ name }, index) => [name, index]));
  return { engine, controls, proofs: proofs.sort((a, b) => order.get(a.name)! - order.get(b.name)!), seconds: seconds() };
}

function progressLine({ name, verdict, found, updates }: Proof, { done, of, seconds }: { done: number; of: number; seconds: number }): string {
  const left = (seconds / done) * (of - done);
  return `[${done}/${of}] ${name}: ${verdict}, MMD² ${found.value.toFixed(4)} after ${updates} updates; about ${Math.ceil(left / 60)} min left`;
}

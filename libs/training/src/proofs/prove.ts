import { proofCases } from './cases.js';
import type { Answer, Task } from './child.js';
import type { Control } from './controls.js';
import { inProcesses } from './pool.js';
import type { Proof } from './prove-case.js';
import type { Report } from './report.js';

export interface ProveOptions {
  /** Number of processes, each on one core. */
  workers: number;
  /** Receives a line of progress after each case. */
  say(line: string): void;
}

/** Proves the chosen cases, by their indices in `proofCases`, and the controls; the proofs are in the order of the cases. */
export async function prove(chosen: readonly number[], { workers, say }: ProveOptions): Promise<Report> {
  const began = performance.now();
  const proofs: Proof[] = [];
  const controls: Control[] = [];
  const tasks: Task[] = ['controls', ...chosen];
  const seconds = () => (performance.now() - began) / 1000;
  const onAnswer = (answer: Answer) => {
    if (answer.kind === 'controls') controls.push(...answer.controls);
    if (answer.kind !== 'proof') return;
    proofs.push(answer.proof);
    say(progressLine(answer.proof, { done: proofs.length, of: chosen.length, seconds: seconds() }));
  };
  const engine = await inProcesses(tasks, { workers, onAnswer });
  const order = new Map(proofCases.map(({ name }, index) => [name, index]));
  return { engine, controls, proofs: proofs.sort((a, b) => order.get(a.name)! - order.get(b.name)!), seconds: seconds() };
}

function progressLine({ name, verdict, found, updates }: Proof, { done, of, seconds }: { done: number; of: number; seconds: number }): string {
  const left = (seconds / done) * (of - done);
  return `[${done}/${of}] ${name}: ${verdict}, MMD² ${found.value.toFixed(4)} after ${updates} updates; about ${Math.ceil(left / 60)} min left`;
}

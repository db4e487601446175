/** A process that works on one task after another: `prove.ts` sends a task, this sends back its result. */
import { startEngine } from '@elucidate/engine/start';
import { proofCases } from './cases.js';
import { type Control, controls } from './controls.js';
import { type Proof, proveCase } from './prove-case.js';

/** A case by its index in `proofCases`, or all controls. */
export type Task = number | 'controls';

export type Answer =
  | { kind: 'ready'; engine: string }
  | { kind: 'proof'; proof: Proof }
  | { kind: 'controls'; controls: Control[] };

async function answerTo(task: Task): Promise<Answer> {
  return task === 'controls' ? { kind: 'controls', controls: await controls() } : { kind: 'proof', proof: await proveCase(proofCases[task]!) };
}

const engine = await startEngine({ backend: 'simd' });
// no more tasks, or the parent is gone
process.on('disconnect', () => process.exit());
process.on('message', (task: Task) => {
  // an error ends this process, and its parent as well
  void answerTo(task).then((answer) => process.send!(answer));
});
process.send!({ kind: 'ready', engine: engine.line } satisfies Answer);

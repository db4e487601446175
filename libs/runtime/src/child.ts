import { ElucidateError } from '@elucidate/experiment/errors';
import type { StageProgress, StageTask } from '@elucidate/experiment/execution';
import { startEngine, type Engine } from '@elucidate/engine/start';
import { cutLine } from '@elucidate/experiment/text-limits';
import { failureOf } from './failure.js';
import type { ChildSetup, FromChild, ToChild } from './messages.js';
import { stopSignals } from '@elucidate/shell/stop-signal';
import { runStage } from '@elucidate/stages/registry';

/** The process that computes: starts the engine once, then runs the stages its parent sends, one after another. Ends with its parent. */

const progressEveryMs = 500;

process.on('disconnect', () => process.exit(1));
// a signal to stop reaches the whole process group (a terminal, scancel, systemd); the parent decides what it means and sends an abort
for (const name of stopSignals) process.on(name, () => {});

const setup = JSON.parse(process.argv[2]!) as ChildSetup;
let running: AbortController | undefined;

process.on('message', (message: ToChild) => {
  if (message.type === 'abort') running?.abort(new ElucidateError('stage.interrupted', 'The stage was asked to stop'));
});

const engine = await start();
if (engine) {
  process.on('message', (message: ToChild) => {
    if (message.type === 'run') void run(message.task, engine);
  });
  tell({ type: 'ready', engine });
}

async function start(): Promise<Engine | undefined> {
  try {
    return await startEngine({ backend: setup.backend, threads: setup.threads });
  } catch (error) {
    process.send!({ type: 'unusable', error: failureOf(error) } satisfies FromChild, () => process.disconnect());
    return undefined;
  }
}

async function run(task: StageTask, engine: Engine): Promise<void> {
  running = new AbortController();
  const { signal } = running;
  try {
    const onLog = (line: string) => tell({ type: 'log', line: cutLine(line) });
    tell({ type: 'done', outcome: await runStage(task, { ...setup, engine, signal, onLog, onProgress: thinned() }) });
  } catch (error) {
    const failure = engine.failure?.();
    tell({ type: 'failed', error: failureOf(signal.aborted ? signal.reason : failure ?? error), spent: failure !== undefined });
  } finally {
    running = undefined;
  }
}

/** Forwards progress reports at most twice a second. */
function thinned(): (progress: StageProgress) => void {
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (now - last < progressEveryMs) return;
    last = now;
    tell({ type: 'progress', progress });
  };
}

function tell(message: FromChild): void {
  process.send!(message);
}

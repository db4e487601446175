import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { Answer, Task } from './child.js';

const child = fileURLToPath(new URL('./child.js', import.meta.url));

/** Works through tasks in order, one at a time in each of `workers` processes; resolves to the engine's line once all are done. */
export async function inProcesses(tasks: readonly Task[], { workers, onAnswer }: { workers: number; onAnswer(answer: Answer): void }): Promise<string> {
  const left = [...tasks];
  const lines = await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, () => serve(left, onAnswer)));
  return lines[0]!;
}

function serve(left: Task[], onAnswer: (answer: Answer) => void): Promise<string> {
  const process = fork(child, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  return new Promise((resolve, reject) => {
    let engine = '';
    process.on('message', (answer: Answer) => {
      if (answer.kind === 'ready') ({ engine } = answer);
      else onAnswer(answer);
      giveNext(process, left);
    });
    process.on('error', reject);
    process.on('exit', (code, signal) => {
      if (code === 0) resolve(engine);
      else reject(new ElucidateError('stage.failed', `A process that proves ended with ${signal ?? code}; its output is above`));
    });
  });
}

function giveNext(process: ChildProcess, left: Task[]): void {
  const task = left.shift();
  if (task === undefined) process.disconnect();
  else process.send(task);
}

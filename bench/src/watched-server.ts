import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { ElucidateError } from '@elucidate/experiment/errors';
import type { LoopReport } from './loop-watch.js';

/** A server in a process of its own whose event loop is watched. */
export interface WatchedServer {
  url: string;
  /** Starts watching, from zero. */
  begin(): void;
  report(): Promise<LoopReport>;
  close(): Promise<void>;
}

type Message = { type: 'listening'; url: string } | { type: 'loop'; loop: LoopReport };

/** Starts a program, with the heap of `elucidate api`, that reports `listening` with its address. Throws stage.crashed with its output if it ends before that. */
export async function startWatched(file: string, env: NodeJS.ProcessEnv = process.env): Promise<WatchedServer> {
  const child = fork(file, [], { env, execArgv: ['--max-semi-space-size=2', '--max-old-space-size=1024', '--import', new URL('loop-watch.js', import.meta.url).href], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => written.push(String(chunk)));
  const ended = once(child, 'close');
  const early = ended.then((): never => {
    throw new ElucidateError('stage.crashed', `${file} ended before it listened: ${written.join('').trim() || 'it said nothing'}`);
  });
  const { url } = await Promise.race([messageOf(child, 'listening'), early]);
  return {
    url,
    begin: () => void child.send('begin'),
    report: async () => {
      const answer = messageOf(child, 'loop');
      child.send('report');
      return (await answer).loop;
    },
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function messageOf<T extends Message['type']>(child: ChildProcess, type: T): Promise<Extract<Message, { type: T }>> {
  return new Promise((resolve) => {
    const read = (message: unknown): void => {
      if ((message as Message).type !== type) return;
      child.off('message', read);
      resolve(message as Extract<Message, { type: T }>);
    };
    child.on('message', read);
  });
}

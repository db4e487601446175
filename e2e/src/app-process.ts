import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Built apps as npm links them: what an installation runs, regardless of what compiles this file. */
const entryOf = (app: App): string => fileURLToPath(new URL(`../../node_modules/@elucidate/${app}/dist/main.js`, import.meta.url));

export type App = 'api' | 'worker';

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** An elucidate process that has reported that it is up. */
export interface AppProcess<Ready> {
  pid: number;
  /** The message it sent once it was up. */
  ready: Ready;
  /** Everything it has written so far. */
  output(): string;
  /** Resolves when it has ended. */
  ended: Promise<Ended>;
  /** Sends a signal and waits for the process to end. */
  end(signal: NodeJS.Signals): Promise<Ended>;
}

export interface AppOptions {
  args?: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** A command that becomes the process, such as `ip netns exec name`. */
  through?: readonly string[];
}

/** Starts a built app, in a process group of its own, and waits for its first message; rejects with its output if it ends before that. */
export async function startApp<Ready>(app: App, { args = [], env, through = [] }: AppOptions): Promise<AppProcess<Ready>> {
  const [execPath, ...execArgv] = [...through, process.execPath];
  const child = fork(entryOf(app), [...args], { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execPath: execPath!, execArgv, detached: true });
  const written: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => written.push(String(chunk)));
  const ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Ended);
  const output = (): string => written.join('');
  const early = ended.then(({ code, signal }): never => {
    throw new Error(`${app} ended (${signal ?? code}) before it was up:\n${output()}`);
  });
  const [ready] = (await Promise.race([once(child, 'message'), early])) as [Ready];
  return { pid: child.pid ?? 0, ready, output, ended, end: (signal) => end(child, ended, signal) };
}

function end(child: ChildProcess, ended: Promise<Ended>, signal: NodeJS.Signals): Promise<Ended> {
  child.kill(signal);
  return ended;
}

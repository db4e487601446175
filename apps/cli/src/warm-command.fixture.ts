import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export interface CommandResult {
  status: number;
  stdout: string;
  stderr: string;
}

export interface WarmCommand {
  /** Runs a command line in a folder, with these variables beside our own. One at a time. */
  run(args: readonly string[], options: { cwd: string; env: Readonly<Record<string, string>> }): Promise<CommandResult>;
  stop(): Promise<void>;
}

/** What a process of its own does as well: catches what `main` writes, and its exit code. */
const server = `
import { main } from ${JSON.stringify(pathToFileURL(join(__dirname, '..', 'dist', 'main.js')).href)};
const own = { ...process.env };
process.on('message', async ({ args, cwd, env }) => {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) if (!(name in own)) delete process.env[name];
  Object.assign(process.env, own, env);
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) process[name].write = (chunk, encoding, done) => {
    written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    const after = typeof encoding === 'function' ? encoding : done;
    if (after) process.nextTick(after);
    return true;
  };
  process.exitCode = 0;
  await main(args);
  process.send({ status: process.exitCode, ...written });
});`;

/** The built command, loaded once for many command lines: to load it takes a second of each. How a process ends, and what it leaves, is for tests that start one. */
export function warmCommand(): WarmCommand {
  let child: ChildProcess | undefined;
  return {
    async run(args, options) {
      child ??= spawn(process.execPath, ['--input-type=module', '-e', server], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      const over = new AbortController();
      const ended = once(child, 'exit', over).then(([code, signal]) => { throw new Error(`${args.join(' ')} ended the process (${signal ?? code})`); });
      ended.catch(() => undefined);
      child.send({ args, ...options });
      const [result] = (await Promise.race([once(child, 'message', over), ended]).finally(() => over.abort())) as [CommandResult];
      return result;
    },
    async stop() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const entry = fileURLToPath(new URL('../../apps/cli/bin/elucidate.mjs', import.meta.url));

export interface CommandResult {
  code: number | null;
  out: string;
  err: string;
}

/** The command in a home folder, as a user runs it. */
export const elucidateIn = (home: string) => async (args: readonly string[], env: Record<string, string>): Promise<CommandResult> => {
  const child = spawn(process.execPath, [entry, ...args], { cwd: home, env: { ...process.env, ELUCIDATE_HOME: home, ELUCIDATE_API: '', ELUCIDATE_KEY: '', DATABASE_URL: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, err };
};

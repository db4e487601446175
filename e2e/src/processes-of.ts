import { readdir, readFile, readlink } from 'node:fs/promises';

/** Command lines of the processes on this machine (Linux) whose command line, environment or working folder mentions a text; not our own. */
export async function processesOf(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(pids.map((pid) => commandLineWith(pid, text)));
  return found.filter((line) => line !== null);
}

/** Null where it mentions no such text, is not ours to read, or has just ended. A zombie has neither command line nor environment. */
async function commandLineWith(pid: string, text: string): Promise<string | null> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [command, environment, cwd] = await Promise.all([read('cmdline'), read('environ'), readlink(`/proc/${pid}/cwd`).catch(() => '')]);
  const mentions = [command, environment, cwd].some((place) => place.includes(text));
  return mentions ? `${pid} ${command.replaceAll('\0', ' ')}` : null;
}

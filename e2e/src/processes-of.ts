import { readdir, readFile, readlink } from 'node:fs/promises';

/** Command lines of the processes on this machine (Linux) whose command line, environment or working folder contains a text; excludes our own process. */
export async function processesOf(text: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const found = await Promise.all(pids.map((pid) => commandLineWith(pid, text)));
  return found.filter((line) => line !== null);
}

/** Null if it does not contain the text, is not readable by us, or has just ended. A zombie has neither command line nor environment. */
async function commandLineWith(pid: string, text: string): Promise<string | null> {
  const read = (name: string): Promise<string> => readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
  const [command, environment, cwd] = await Promise.all([read('cmdline'), read('environ'), readlink(`/proc/${pid}/cwd`).catch(() => '')]);
  const mentions = [command, environment, cwd].some((place) => place.includes(text));
  return mentions ? `${pid} ${command.replaceAll('\0', ' ')}` : null;
}

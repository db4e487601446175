import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The Python client's folder, where its tests run. */
const clientFolder = fileURLToPath(new URL('../../../clients/python/', import.meta.url));

/** The first Python, 3.9 or newer, that has these modules. Undefined: there is none, and with `ELUCIDATE_REQUIRE_PYTHON=1` that is an error. */
export function findPython(modules: readonly string[] = []): string | undefined {
  const look = ['import sys; assert sys.version_info >= (3, 9)', ...modules.map((module) => `import ${module}`)].join('\n');
  const found = ['python3', '/usr/bin/python3'].find((python) => spawnSync(python, ['-c', look], { stdio: 'ignore' }).status === 0);
  if (found === undefined && process.env.ELUCIDATE_REQUIRE_PYTHON === '1') throw new Error(`No Python 3.9 or newer${modules.length > 0 ? ` with ${modules.join(', ')}` : ''}, and ELUCIDATE_REQUIRE_PYTHON=1 requires it`);
  return found;
}

export interface PythonResult {
  code: number | null;
  /** Everything written to standard error: the report of unittest. */
  errors: string;
}

/** Runs a Python to its end, in the client's folder; its bytecode is kept nowhere. */
export async function runPython(python: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<PythonResult> {
  const child = spawn(python, ['-B', ...args], { cwd: clientFolder, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'pipe'] });
  const written: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => written.push(String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, errors: written.join('') };
}

/** Runs test modules of the client. */
export const runPythonTests = (python: string, modules: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<PythonResult> => runPython(python, ['-m', 'unittest', ...modules], env);

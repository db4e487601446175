import type { ProgramLimits } from './limits.js';

/** What a program is given of a worker's environment, which may hold passwords: docs/programs.md. */
const names: ReadonlySet<string> = new Set(['PATH', 'HOME', 'USER', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'PYTHONPATH', 'PYTHONHOME']);
const prefixes: readonly string[] = ['CUDA_', 'NVIDIA_'];

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment of a program. `task`: the path of its task file. */
export function programEnvironment(of: Variables, { task, threads, limits }: { task: string; threads: number; limits: ProgramLimits }): Record<string, string> {
  const further = new Set(limits.environment);
  const handed = Object.entries(of).filter((entry): entry is [string, string] => entry[1] !== undefined && (names.has(entry[0]) || further.has(entry[0]) || prefixes.some((prefix) => entry[0].startsWith(prefix))));
  return {
    ...Object.fromEntries(handed),
    ELUCIDATE_TASK: task,
    OMP_NUM_THREADS: String(threads),
    MKL_NUM_THREADS: String(threads),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

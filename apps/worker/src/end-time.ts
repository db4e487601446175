/** A batch system kills what is left at the end of its time: stages are handed back so long before. */
const beforeEndMs = 60_000;
const longestTimerMs = 2 ** 31 - 1;

/** Milliseconds until the worker should hand back its stages and end: `--max-time`, else a minute before the end of its Slurm job; undefined for no end. */
export function timeToEnd(maxMinutes: number | undefined, variables: NodeJS.ProcessEnv, now = Date.now()): number | undefined {
  if (maxMinutes !== undefined) return Math.min(longestTimerMs, maxMinutes * 60_000);
  const endSeconds = Number(variables['SLURM_JOB_END_TIME']);
  return endSeconds > 0 ? Math.min(longestTimerMs, Math.max(0, endSeconds * 1000 - beforeEndMs - now)) : undefined;
}

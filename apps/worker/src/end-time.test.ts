import { timeToEnd } from './end-time.js';

const now = Date.UTC(2026, 0, 1);
const inSeconds = (seconds: number): string => String(now / 1000 + seconds);

test.each<[string, number | undefined, NodeJS.ProcessEnv, number | undefined]>([
  ['never, unless something says so', undefined, {}, undefined],
  ['after the time given', 90, {}, 90 * 60_000],
  ['a minute before the end of its Slurm job', undefined, { SLURM_JOB_END_TIME: inSeconds(3600) }, 59 * 60_000],
  ['at once in the last minute of its job', undefined, { SLURM_JOB_END_TIME: inSeconds(30) }, 0],
  ['after the time given, Slurm or not', 1, { SLURM_JOB_END_TIME: inSeconds(3600) }, 60_000],
  ['no later than a timer can wait', 1e9, {}, 2 ** 31 - 1],
  ['never, with a variable that is no time', undefined, { SLURM_JOB_END_TIME: 'tomorrow' }, undefined],
])('a worker ends %s', (_, minutes, variables, ms) => {
  expect(timeToEnd(minutes, variables, now)).toBe(ms);
});

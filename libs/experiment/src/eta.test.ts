import { etaOf, type KindTime } from './eta.js';

test('without a spread, on one slot, it is the sum; nothing left is no time', () => {
  const kinds: KindTime[] = [{ stages: 4, seconds: 40, spread: 0, attempts: 10 }, { stages: 2, seconds: 10, spread: 0, attempts: 10 }];
  expect(etaOf(kinds, 1)).toEqual({ seconds: 50, low: 50, high: 50, slots: 1 });
  expect(etaOf([{ stages: 0, seconds: 0, spread: 0.5, attempts: 3 }], 4)).toEqual({ seconds: 0, low: 0, high: 0, slots: 4 });
});

test('more slots than stages help no more, and what was measured more often is surer', () => {
  const kind = (attempts: number): KindTime[] => [{ stages: 3, seconds: 300, spread: 0.4, attempts }];
  expect(etaOf(kind(5), 100).seconds).toBe(etaOf(kind(5), 3).seconds);
  const widths = [0, 2, 5, 50].map((attempts) => { const { low, high } = etaOf(kind(attempts), 1); return high / low; });
  expect(widths).toEqual([...widths].sort((a, b) => b - a));
  expect(widths[0]).toBeGreaterThan(2 * widths[3]!);
});

/** Simulated histories: sweeps of training runs, each with samples and their scores, whose stages take times that are known to be log-normal. */

let seed = 20_261_127;
const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

interface Task { kind: string; seconds: number; needs: number | null }
const means: Readonly<Record<string, number>> = { train: 100, sample: 20, score: 2 };
/** Of mean 1. */
const noise = (spread: number): number => Math.exp(spread * normal() - spread * spread / 2);

function tasksOf(trainingRuns: number, samples: number, spread: number): Task[] {
  const tasks: Task[] = [];
  const add = (kind: string, needs: number | null): number => tasks.push({ kind, seconds: means[kind]! * noise(spread), needs }) - 1;
  for (let i = 0; i < trainingRuns; i++) {
    const train = add('train', null);
    for (let j = 0; j < samples; j++) add('score', add('sample', train));
  }
  return tasks;
}

/** When the last task ends if a free slot takes the first that may run. */
function makespan(tasks: readonly Task[], slots: number): number {
  const ends = new Map<number, number>();
  const free = new Array<number>(slots).fill(0);
  const left = new Set(tasks.keys());
  let last = 0;
  while (left.size > 0) {
    const slot = free.indexOf(Math.min(...free));
    const now = free[slot]!;
    const next = [...left].find((i) => tasks[i]!.needs === null || (ends.get(tasks[i]!.needs!) ?? Infinity) <= now);
    if (next === undefined) {
      free[slot] = Math.min(...[...ends.values()].filter((end) => end > now));
      continue;
    }
    left.delete(next);
    ends.set(next, (free[slot] = now + tasks[next]!.seconds));
    last = Math.max(last, free[slot]!);
  }
  return last;
}

/** What a history of so many attempts of each kind says of tasks. */
function expected(tasks: readonly Task[], { attempts, spread }: { attempts: number; spread: number }): KindTime[] {
  return Object.entries(means).map(([kind, mean]) => {
    const times = Array.from({ length: attempts }, () => noise(spread));
    const average = times.reduce((a, b) => a + b) / attempts;
    const logs = times.map(Math.log);
    const middle = logs.reduce((a, b) => a + b) / attempts;
    const stages = tasks.filter((task) => task.kind === kind).length;
    return { stages, seconds: stages * mean * average, attempts, spread: Math.sqrt(logs.reduce((a, b) => a + (b - middle) ** 2, 0) / (attempts - 1)) };
  });
}

test.each([[1, 0.2], [2, 0.2], [4, 0.2], [8, 0.2], [1, 0.5], [4, 0.5]])('on %i slots, at a spread of %f, about 95 %% of simulated sweeps end within the interval', (slots, spread) => {
  let [within, ratio] = [0, 0];
  const sweeps = 200;
  for (let i = 0; i < sweeps; i++) {
    const tasks = tasksOf(6, 4, spread);
    const { low, high, seconds } = etaOf(expected(tasks, { attempts: 12, spread }), slots);
    const took = makespan(tasks, slots);
    within += Number(took >= low && took <= high);
    ratio += took / seconds / sweeps;
  }
  if (process.env['SHOW_COVERAGE']) console.log(`slots ${slots}, spread ${spread}: ${(100 * within / sweeps).toFixed(1)} % within, took ${ratio.toFixed(3)} of the estimate`);
  expect(within / sweeps).toBeGreaterThanOrEqual(0.9);
  expect(ratio).toBeGreaterThan(0.85);
  expect(ratio).toBeLessThan(1.15);
});

/** Sweeps on a machine that is now idle, now busy: all that runs in one of them takes `load` times as long as the history says. Ends of some sweeps before, and whether the last is within. */
function ended({ slots, spread, loads, past }: { slots: number; spread: number; loads: readonly number[]; past: boolean }): { within: boolean; width: number } {
  const errors: number[] = [];
  const once = (load: number, known: readonly number[]) => {
    const tasks = tasksOf(4, 3, spread);
    const eta = etaOf(expected(tasks, { attempts: 12, spread }), slots, known);
    const took = load * makespan(tasks, slots);
    errors.push(Math.log(took / eta.seconds));
    return { within: took >= eta.low && took <= eta.high, width: Math.log(eta.high / eta.low) };
  };
  for (const load of loads.slice(0, -1)) once(load, []);
  return once(loads.at(-1)!, past ? [...errors] : []);
}

const share = <T>(of: readonly T[], is: (one: T) => boolean): number => of.filter(is).length / of.length;

test.each([[5, 0.88], [12, 0.9], [20, 0.9]])('with %i sweeps behind it the interval holds on a machine that is busier at one time than at another, where without them it does not', (before, least) => {
  const sweeps = Array.from({ length: 300 }, () => Array.from({ length: before + 1 }, () => Math.exp(0.5 * normal())));
  const of = (past: boolean) => share(sweeps.map((loads) => ended({ slots: 2, spread: 0.2, loads, past })), ({ within }) => within);
  const [blind, informed] = [of(false), of(true)];
  if (process.env['SHOW_COVERAGE']) console.log(`${before} sweeps before: ${(100 * informed).toFixed(1)} % within, ${(100 * blind).toFixed(1)} % without them`);
  expect(blind).toBeLessThan(0.7);
  expect(informed).toBeGreaterThanOrEqual(least);
});

test('on a machine that stays as it is, what past sweeps took makes the interval about 1.4 times as wide', () => {
  const sweeps = Array.from({ length: 200 }, () => Array.from({ length: 21 }, () => 1));
  const of = (past: boolean) => sweeps.map((loads) => ended({ slots: 2, spread: 0.2, loads, past }));
  const mean = (widths: readonly { width: number }[]) => widths.reduce((sum, { width }) => sum + width, 0) / widths.length;
  const [blind, informed] = [of(false), of(true)];
  if (process.env['SHOW_COVERAGE']) console.log(`at rest: ${(100 * share(informed, ({ within }) => within)).toFixed(1)} % within, ${(mean(informed) / mean(blind)).toFixed(3)} times as wide`);
  expect(mean(informed)).toBeLessThan(1.45 * mean(blind));
  expect(share(informed, ({ within }) => within)).toBeGreaterThanOrEqual(0.9);
});

test('a sweep that waited for a night moves nothing, and four sweeps are not enough', () => {
  const kinds: KindTime[] = [{ stages: 6, seconds: 600, spread: 0.2, attempts: 12 }];
  const alone = etaOf(kinds, 2);
  expect(etaOf(kinds, 2, [0.5, 0.6, -0.5, 0.4])).toEqual(alone);
  const usual = etaOf(kinds, 2, [0.5, 0.6, -0.5, 0.4, 0.5, 0.5]);
  expect(usual.high / usual.low).toBeGreaterThan(alone.high / alone.low);
  expect(etaOf(kinds, 2, [0.5, 8, -0.5, 0.4, 0.5, 0.5])).toEqual(usual);
});

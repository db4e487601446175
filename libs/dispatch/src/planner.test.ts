import { parseSpec } from '@elucidate/experiment/parse-spec';
import { planSweep } from '@elucidate/experiment/plan';
import { plannedWeaknesses } from '@elucidate/experiment/score-facts';
import { describePlan } from './estimate.js';
import { planChunks, type PlanChunk } from './plan-chunks.js';
import type { Requests, SpecText } from './plan-messages.js';
import { Planner } from './planner.js';
import { AnsweringProcess } from './answering-process.js';
import { planningProcess } from './planning-process.js';
import type { Sql } from './sql.js';
import { plannedSweep } from './submit.js';

const count = <T>(length: number, member: (index: number) => T): T[] => Array.from({ length }, (_, index) => member(index));
const sweep = (steps: number) => ({ name: 'planned', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { inputScale: { values: count(10, (index) => (index + 1) / 10) }, steps: { values: count(steps, (index) => index + 1) } }, seeds: { sample: [1, 2] } });
const json = (document: unknown): SpecText => ({ text: JSON.stringify(document), format: 'json' });
/** 20,000 cells, 40,000 trials. */
const large = json(sweep(2000));

let planner: Planner;
beforeEach(() => { planner = new Planner(); });
afterEach(() => planner.close());

async function rowsOf(chunks: AsyncIterable<PlanChunk>): Promise<PlanChunk[]> {
  const found: PlanChunk[] = [];
  for await (const chunk of chunks) found.push(chunk);
  return found;
}

test('a sweep planned in a process of its own equals the one planned here, and has the same rows', async () => {
  const spec = parseSpec(sweep(100));
  const here = plannedSweep(spec, planSweep(spec));
  await planner.planning(json(sweep(100)), async ({ name, spec: text, specHash, chunks }) => {
    expect([name, text, specHash]).toEqual([here.name, here.spec, here.specHash]);
    expect(await rowsOf(chunks)).toEqual([...planChunks(planSweep(spec))]);
  });
});

test('the same sweep as YAML and as JSON is one sweep', async () => {
  const yaml: SpecText = { text: 'name: x\ndataset: {name: fashion-mnist, resolution: 16}\nparameters: {steps: {values: [5, 10]}}', format: 'yaml' };
  const hash = (spec: SpecText) => planner.planning(spec, async ({ specHash }) => specHash);
  expect(await hash(yaml)).toBe(await hash(json({ name: 'x', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { steps: { values: [5, 10] } } })));
});

test.each<[string, SpecText, object]>([
  ['a mistake in the sweep', json({ name: 'a', dataset: { name: 'mnits' } }), { code: 'spec.invalid', problems: [expect.objectContaining({ path: 'dataset.name', nearest: 'mnist' })] }],
  ['half a YAML mapping', { text: '{name:', format: 'yaml' }, { code: 'spec.invalid' }],
  ['half a JSON object', { text: '{"name":', format: 'json' }, { code: 'request.invalid', message: expect.stringContaining('not valid JSON') }],
  ['too long a text', { text: 'x'.repeat(1_000_001), format: 'yaml' }, { code: 'spec.too_large', details: { size: 1_000_001, limit: 1_000_000 } }],
])('%s is refused with the error of parseSpec, and the process keeps serving', async (_, spec, error) => {
  await expect(planner.planning(spec, async () => undefined)).rejects.toMatchObject(error);
  expect(await planner.planning(json(sweep(1)), async ({ name }) => name)).toBe('planned');
});

test('a summary counts every stage that is done, though the process is given few at a time', async () => {
  const spec = parseSpec(sweep(100));
  const ids = planSweep(spec).stages.map(({ id }) => id);
  const done = new Set(ids.filter((_, index) => index % 3 === 0));
  const asked: string[][] = [];
  const query = async (_text: string, [some]: [string[]]): Promise<{ id: string }[]> => {
    asked.push(some);
    return some.filter((id) => done.has(id)).map((id) => ({ id }));
  };
  const summary = await planner.planning(json(sweep(100)), (plan) => plan.summary({ query } as unknown as Sql, []));
  expect(ids.length).toBeGreaterThan(2000);
  expect(asked.flat()).toEqual(ids);
  for (const some of asked) expect(some.length).toBeLessThanOrEqual(1000);
  expect(summary).toEqual(describePlan({ name: 'planned', cells: 1000, trials: 2000, stages: planSweep(spec).stages, done, rates: [], weak: plannedWeaknesses(spec) }));
});

test('the event loop stays free while a large sweep is planned', async () => {
  let rounds = 0;
  let planning = true;
  const go = (): void => {
    rounds += 1;
    if (planning) setTimeout(go, 1);
  };
  setTimeout(go, 1);
  const chunks = await planner.planning(large, async (plan) => rowsOf(plan.chunks));
  planning = false;
  expect(chunks.length).toBeGreaterThan(150);
  // if this process did the planning, there would be at most one round
  expect(rounds).toBeGreaterThan(20);
});

test('two sweeps are planned at a time, some more wait, and the rest are refused', async () => {
  let release = (): void => {};
  const held = new Promise<void>((resolve) => { release = resolve; });
  let begun = 0;
  const all = count(34, () => planner.planning(json(sweep(1)), async () => {
    begun += 1;
    await held;
  }));
  await expect(planner.planning(json(sweep(1)), async () => undefined)).rejects.toMatchObject({ code: 'server.busy', status: 503, retryable: true });
  while (begun < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(begun).toBe(2);
  release();
  await Promise.all(all);
  expect(begun).toBe(34);
});

test.each([
  ['memory', { megabytes: 24, seconds: 600 }, 'takes more than 24 MB of memory'],
  ['time', { megabytes: 1024, seconds: 0.05 }, 'takes more than 0.05 s'],
])('a sweep that takes too much %s is refused, as are the other requests of its process', async (_, limits, message) => {
  const planning = new AnsweringProcess<Requests>({ ...planningProcess, ...limits });
  await expect(planning.request('plan', large)).rejects.toMatchObject({ code: 'spec.too_large', message: expect.stringContaining(message) });
  expect(planning.alive).toBe(false);
  await expect(planning.request('chunk', null)).rejects.toMatchObject({ code: 'spec.too_large' });
});

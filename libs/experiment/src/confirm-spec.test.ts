import { confirmSpec, freshSeeds } from './confirm-spec.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { cellsOf } from './sweep.js';

const spec = parseSpec({
  name: 'base', dataset: { name: 'fashion-mnist', resolution: 16 }, train: { network: 'tiny', images: 256, batch: 32 }, seeds: { train: [1, 2], sample: [1] },
  parameters: { sampler: { values: [{ kind: 'heun' }, { kind: 'ddim' }] }, steps: { values: [5, 10, 20] }, inputScale: { values: [0.5, 1] } }, where: 'steps < 20', include: [{ steps: 40, inputScale: 2 }],
});
const cells = cellsOf(spec);
const trainingRuns = (of: ReturnType<typeof planSweep>) => of.stages.filter(({ kind }) => kind === 'train').map(({ id }) => id);

test.each([[[7]], [[3, 0]], [[5, 8, 9, 1]]])('the cells %j of a sweep, and no others, are scored again under their ids, with the same training runs and new samples', (places) => {
  const chosen = places.map((place) => cells[place]!);
  const again = parseSpec(confirmSpec(spec, chosen.map(({ config }) => ({ ...config })), { train: [1, 2], sample: [2, 3, 4] }));
  expect(again.name).toBe('base-confirmed');
  expect(cellsOf(again).map(({ id }) => id)).toEqual(chosen.map(({ id }) => id));
  const [before, after] = [planSweep(spec), planSweep(again)];
  expect(after.trials).toHaveLength(places.length * 6);
  expect(trainingRuns(after).filter((id) => !trainingRuns(before).includes(id))).toEqual([]);
  const samplings = (of: typeof after) => new Set(of.stages.filter(({ kind }) => kind === 'sample').map(({ id }) => id));
  expect([...samplings(after)].some((id) => samplings(before).has(id))).toBe(false);
});

test.each([[[5]], [[5, 6, 7, 8, 9]]])('of a sweep that was a race, all of them are scored at the train seeds %j, one that was stopped too', (train) => {
  const raced = parseSpec({ ...spec, seeds: { train: [1, 2, 3, 4], sample: [1] }, race: { first: 3, looks: [{ seeds: 3, left: 1, stopped: [{ steps: 5 }] }], over: true } });
  const chosen = [cells.find(({ config }) => config.steps === 10)!, cells.find(({ config }) => config.steps === 5)!];
  const again = parseSpec(confirmSpec(raced, chosen.map(({ config }) => ({ ...config })), { train, sample: [1] }));
  expect(planSweep(again).trials.map(({ cellId, trainSeed }) => `${cellId} ${trainSeed}`).sort()).toEqual(chosen.flatMap(({ id }) => train.map((seed) => `${id} ${seed}`)).sort());
});

test('new seeds are as many as there are, at least three, and none of them', () => {
  expect(freshSeeds([1])).toEqual([2, 3, 4]);
  expect(freshSeeds([5, 2, 9, 1])).toEqual([10, 11, 12, 13]);
});

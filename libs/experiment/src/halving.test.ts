import { imagesOf, lengthsOf } from './halving.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { afterLook, stopText } from './race.js';
import { renderDecisions } from './render-decisions.js';
import { roundsAhead } from './rounds-ahead.js';
import type { Spec } from './spec.js';
import { stoppedBy } from './stopped.js';
import { cellsOf } from './sweep.js';
import { denoisingFlops, trainingFactor } from './work.js';

const rates = [1, 2, 3, 4, 5, 6, 7, 8].map((place) => place / 1000);
const hold = { kind: 'hold' };
const base = { name: 'halving', dataset: { name: 'fashion-mnist', resolution: 16 }, parameters: { learningRate: { values: rates } }, seeds: { train: [1, 2], sample: [1] }, train: { network: 'tiny', images: 256, batch: 32, learningRatePlan: hold }, race: { kind: 'halving', first: 32 } };
const spec = parseSpec(base);

/** FID of the cells of a look: the higher the learning rate the worse, but after the first look the other way round. */
const looked = (of: Spec, diverged: readonly number[] = []): Spec => {
  const racers = cellsOf(of).flatMap(({ config }) => (stoppedBy(of, config) === null ? [{
    config, trials: diverged.includes(config.learningRate) ? [] : [1, 2].map((train) => ({ train, sample: 1, value: (config.images === 32 ? 1 : -1) * config.learningRate * 1000 + 100 + train })),
  }] : []));
  return parseSpec(JSON.parse(JSON.stringify(afterLook(of, racers, { metric: 'fid', among: 8 }))));
};
const lengths = (of: Spec) => cellsOf(of).map(({ config }) => config.images);
const course = [spec];
while (!(course.at(-1)!.race!.over)) course.push(looked(course.at(-1)!));

test('every look trains one in two of those left twice as long, the last to the end', () => {
  expect(lengthsOf(spec)).toEqual([32, 64, 128, 256]);
  expect(course.map(lengths)).toEqual([
    [32, 32, 32, 32, 32, 32, 32, 32],
    [64, 64, 64, 64, 32, 32, 32, 32],
    [64, 64, 128, 128, 32, 32, 32, 32],
    [64, 64, 128, 256, 32, 32, 32, 32],
  ]);
  const { race } = course.at(-1)!;
  // same differences at both seeds: all apart; the second look turned the order of the first round
  expect(race!.looks).toMatchObject([{ images: 32, left: 4, undecided: 0, agreement: null }, { images: 64, left: 2, undecided: 0, agreement: -1 }, { images: 128, left: 1, undecided: 0, agreement: 1 }]);
  expect(stopText(course.at(-1)!, cellsOf(spec)[0]!.config)).toBe('stopped at 64 of 256 images');
});

test('plans only grow, every stage is that of a sweep of that length without a race, and what goes on costs only what is new', () => {
  for (const [i, after] of course.slice(1).entries()) {
    const ids = new Set(planSweep(after).stages.map(({ id }) => id));
    expect(planSweep(course[i]!).stages.filter(({ id }) => !ids.has(id))).toEqual([]);
  }
  const all = new Map([32, 64, 128, 256].flatMap((images) => planSweep(parseSpec({ ...base, race: undefined, train: { ...spec.train, images } })).stages.map((stage) => [stage.id, stage] as const)));
  const { stages, trials } = planSweep(course.at(-1)!);
  expect(stages.filter(({ id }) => !all.has(id))).toEqual([]);
  expect(trials).toHaveLength(16);
  const trainingRuns = stages.filter(({ kind }) => kind === 'train');
  expect(trainingRuns).toHaveLength(2 * (8 + 4 + 2 + 1));
  const ofAnImage = trainingFactor * denoisingFlops(cellsOf(spec)[0]!.config);
  expect(trainingRuns.reduce((sum, { work }) => sum + work, 0) / ofAnImage).toBeCloseTo(2 * (8 * 32 + 4 * 32 + 2 * 64 + 128), 6);
});

test('a training whose learning rate depends on its length starts from nothing, costs all of it, and the decisions say so', () => {
  const [cosine] = [parseSpec({ ...base, train: { ...base.train, learningRatePlan: { kind: 'cosine' } } })];
  const work = planSweep(looked(cosine)).stages.filter(({ kind }) => kind === 'train').reduce((sum, one) => sum + one.work, 0);
  expect(work / (trainingFactor * denoisingFlops(cellsOf(spec)[0]!.config))).toBeCloseTo(2 * (8 * 32 + 4 * 64), 6);
  expect(renderDecisions({ id: 'abc', spec: cosine })).toContain('starts from nothing at each');
});

test('a cell of which a trial diverged is stopped, though it leaves fewer than there is room for', () => {
  const after = looked(spec, [0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007]);
  expect(after.race).toMatchObject({ over: true, looks: [{ left: 1 }] });
  expect(lengths(after).filter((images) => images > 32)).toEqual([256]);
});

test('the one that is left alone skips the lengths between: the plan, and what was foreseen, are the images that it is trained on', () => {
  const four = parseSpec({ ...base, parameters: { learningRate: { values: rates.slice(0, 4) } } });
  const ended = looked(looked(four));
  expect(lengths(ended).sort((a, b) => a - b)).toEqual([32, 32, 64, 256]);
  const imagesIn = (stages: readonly { kind: string; work: number }[]) => stages.filter(({ kind }) => kind === 'train').reduce((sum, { work }) => sum + work, 0) / (trainingFactor * denoisingFlops(cellsOf(four)[0]!.config));
  // two train seeds; the state at 64 images is the last that was kept for it
  expect(imagesIn(planSweep(ended).stages)).toBeCloseTo(2 * (4 * 32 + 2 * 32 + (256 - 64)), 6);
  expect(planSweep(ended).stages.filter(({ kind }) => kind === 'train')).toHaveLength(2 * (4 + 2 + 1));
  expect(roundsAhead(four, planSweep(four)).map(({ images, cells, stages }) => [images, cells, imagesIn(stages[0]!)])).toEqual([[64, 2, expect.closeTo(2 * 32, 6)], [256, 1, expect.closeTo(2 * (256 - 64), 6)]]);
  expect(roundsAhead(looked(four), planSweep(looked(four))).map(({ images, stages }) => [images, imagesIn(stages[0]!)])).toEqual([[256, expect.closeTo(2 * (256 - 64), 6)]]);
});

test('without the race every cell is trained to the end; a cell that is added joins those that are left', () => {
  const wider = parseSpec({ ...JSON.parse(JSON.stringify(course[1])), parameters: { ...course[1]!.parameters, learningRate: { values: [...rates, 0.02] } } });
  expect(imagesOf(wider, { learningRate: 0.02 })).toBe(64);
  expect(new Set(lengths(parseSpec({ ...JSON.parse(JSON.stringify(course[1])), race: undefined })))).toEqual(new Set([256]));
});

test('decisions are printed look by look, with how far chance and order support them', () => {
  const text = renderDecisions({ id: 'abc', spec: course[2]! });
  expect(text).toContain('successive halving over training runs of 32, 64, 128, 256 images');
  expect(text).toContain("Look 2, at 64 of 256 images: 2 configurations stopped, 2 left. 0 of those stopped cannot be told apart from the last that stayed. Kendall's tau of the order with that at the look before: -1.00.\n  learningRate 0.002\n  learningRate 0.001");
  expect(text).toContain('are trained on 128 images.');
  expect(text).not.toContain('starts from nothing');
});

test.each([
  [{ kind: 'halving', first: 33 }, 'race.first', 'whole batches of 32, such as 32 images'],
  [{ kind: 'halving', first: 256 }, 'race.first', 'fewer images than train.images (256)'],
  [{ kind: 'halvin', first: 32 }, 'race.kind', 'seeds or halving'],
  [{ kind: 'halving', first: 32, level: 0.1 }, 'race.level', 'it belongs to seeds'],
])('%j is refused', (race, path, expected) => {
  expect(() => parseSpec({ ...base, race })).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ path, expected: expect.stringContaining(expected) as string })] }));
});

import { drawCells } from './draw-cells.js';
import type { Distribution } from './method-grammar.js';
import { parseSpec } from './parse-spec.js';
import { planSweep } from './plan.js';
import { least } from './spec.fixture.js';
import { cellsOf } from './sweep.js';

const random = (cells: number, parameters: object, more: object = {}) => parseSpec({ ...least, method: { kind: 'random', cells, seed: 7 }, parameters, ...more });
const scales = (distribution: Distribution, cells = 2000) => drawCells({ kind: 'random', cells, seed: 3 }, { inputScale: { distribution } }, undefined).cells.map(({ inputScale }) => inputScale!);
const share = (values: readonly number[], below: number) => values.filter((value) => value <= below).length / values.length;
const axes = { inputScale: { distribution: { kind: 'log-uniform', min: 0.1, max: 1 } }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { distribution: { kind: 'integers', min: 1, max: 40 } } };

// of 2000 draws a share of p is known to 0.011 (one standard deviation): four of them
test.each<[string, Distribution, (p: number) => number]>([
  ['uniform', { kind: 'uniform', min: 2, max: 6 }, (p) => 2 + 4 * p],
  ['log-uniform', { kind: 'log-uniform', min: 0.01, max: 100 }, (p) => 0.01 * 10_000 ** p],
])('numbers that are %s have the quantiles of that distribution, and lie between its ends', (_, distribution, quantile) => {
  const values = scales(distribution);
  for (const p of [0.1, 0.25, 0.5, 0.75, 0.9]) expect(Math.abs(share(values, quantile(p)) - p)).toBeLessThan(0.045);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(distribution.min);
  expect(Math.max(...values)).toBeLessThanOrEqual(distribution.max);
});

test('integers are all drawn, both ends too, and about equally often beside another axis', () => {
  const { cells } = drawCells({ kind: 'random', cells: 600, seed: 1 }, { steps: { distribution: { kind: 'integers', min: 3, max: 6 } }, inputScale: { distribution: { kind: 'uniform', min: 0.001, max: 1 } } }, undefined);
  const counts = [3, 4, 5, 6].map((steps) => cells.filter((cell) => cell.steps === steps).length);
  expect(counts.reduce((a, b) => a + b)).toBe(600);
  for (const count of counts) expect(Math.abs(count - 150)).toBeLessThan(45);
});

test('a random sweep has as many cells as asked for, each once, all of which `where` keeps', () => {
  const spec = random(30, axes, { where: "sampler.kind != 'heun' || steps >= 10" });
  const cells = cellsOf(spec);
  expect(new Set(cells.map(({ id }) => id)).size).toBe(30);
  expect(cells.every(({ config }) => config.sampler.kind !== 'heun' || config.steps >= 10)).toBe(true);
  expect(cells.some(({ config }) => config.sampler.kind === 'heun')).toBe(true);
});

test('the same file draws the same cells, more cells begin with those, and another seed draws others', () => {
  const ids = (spec: ReturnType<typeof parseSpec>) => cellsOf(spec).map(({ id }) => id);
  const whole = { where: 'steps > 1' };
  expect(ids(random(12, axes, whole))).toEqual(ids(random(12, axes, whole)));
  expect(ids(random(40, axes, whole)).slice(0, 12)).toEqual(ids(random(12, axes, whole)));
  expect(ids(parseSpec({ ...least, method: { kind: 'random', cells: 12, seed: 8 }, parameters: axes, ...whole })).filter((id) => ids(random(12, axes, whole)).includes(id))).toEqual([]);
});

test('an axis that is added changes no draw of the others', () => {
  const [before, after] = [random(12, { inputScale: axes.inputScale }), random(12, axes, { where: 'steps > 1' })];
  const drawn = (spec: ReturnType<typeof parseSpec>) => new Set(cellsOf(spec).map(({ config }) => config.inputScale));
  expect([...drawn(before)].filter((scale) => drawn(after).has(scale)).length).toBeGreaterThanOrEqual(11);
});

test('what is drawn is listed: the sweep that is stored reads as the same, and records how it was drawn', () => {
  const spec = random(9, axes, { where: 'steps > 1' });
  expect(parseSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  expect(spec.method).toEqual({ kind: 'list', drawn: { cells: 9, seed: 7, distributions: { inputScale: axes.inputScale.distribution, steps: axes.steps.distribution }, where: 'steps > 1' } });
  expect(spec.include).toHaveLength(9);
  expect(planSweep(spec).trials).toHaveLength(9);
});

test('a listed cell and a drawn one are those of a grid with the same values: their ids are the same', () => {
  const listed = parseSpec({ ...least, method: 'list', parameters: { inputScale: { values: [0.5, 1] } }, include: [{ sampler: { kind: 'heun' }, steps: 5 }, { inputScale: 2, steps: 7 }] });
  const grid = parseSpec({ ...least, parameters: { inputScale: { values: [0.5, 1, 2] }, sampler: { values: [{ kind: 'ddim' }, { kind: 'heun' }] }, steps: { values: [5, 7] } } });
  expect(cellsOf(listed).map(({ config: { inputScale, sampler, steps } }) => [inputScale, sampler.kind, steps])).toEqual([[0.5, 'heun', 5], [1, 'heun', 5], [2, 'ddim', 7]]);
  expect(cellsOf(listed).filter(({ id }) => !cellsOf(grid).some((cell) => cell.id === id))).toEqual([]);
});

test('the grid is the grid however it is written', () => {
  const specs = [{}, { method: 'grid' }, { method: { kind: 'grid' } }].map((method) => parseSpec({ ...least, ...method }));
  expect(specs.map(({ method }) => method)).toEqual(['grid', 'grid', 'grid']);
});

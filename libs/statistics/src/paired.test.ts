import { differences, paired } from './paired.js';
import { grid } from './simulated.js';

// Student (1908), "The probable error of a mean": additional hours of sleep of ten patients under two drugs
const [first, second] = [[0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]].map((values) => grid(values.map((value) => [value]))) as [ReturnType<typeof grid>, ReturnType<typeof grid>];

test("Student's sleep data have the p and the interval that R's t.test gives", () => {
  const found = paired(first, second)!;
  expect(found.mean).toBeCloseTo(-1.58, 12);
  expect(found.p).toBeCloseTo(0.00283289, 8);
  expect(found.interval!.low).toBeCloseTo(-2.4598858, 7);
  expect(found.interval!.high).toBeCloseTo(-0.7001142, 7);
  expect(paired(second, first)!.mean).toBeCloseTo(1.58, 12);
});

test('two configurations whose scores overlap are told apart where one wins on every seed by about as much', () => {
  const found = paired(grid([[45.45], [46.12], [41.19]]), grid([[48.58], [48.56], [44.11]]))!;
  expect(found.mean).toBeCloseTo(-2.83, 2);
  expect(found.interval!.high).toBeLessThan(0);
  expect(found.p).toBeLessThan(0.01);
});

test('a trial without a partner is left out, and configurations without common seeds have no difference', () => {
  expect(differences(grid([[1, 2], [3, 4]]), grid([[0.5]]))).toEqual([{ train: 0, sample: 0, value: 0.5 }]);
  expect(paired(grid([[1]]), [{ train: 9, sample: 0, value: 1 }])).toBeNull();
  expect(paired(grid([[2]]), grid([[1]]))).toMatchObject({ mean: 1, p: null, interval: null });
});

test('the same difference on every seed is certain, and none is none', () => {
  expect(paired(grid([[2], [3]]), grid([[1], [2]]))!.p).toBe(0);
  expect(paired(grid([[2], [3]]), grid([[2], [3]]))!.p).toBe(1);
});

import { holds, shareOf } from './proof.js';
import { proveStatistics } from './prove.js';
import { proofReport } from './report.js';

const simulation = { runs: 120, seed: 1 };
const proofs = proveStatistics(simulation);

test('the statistics keep what they promise in a few simulated sweeps', () => {
  // of 120 sweeps a share of 0.95 is known to 0.02: what is only just promised may miss by three times that
  // and of the thirty of a line about effects to 0.04
  const missable = (part: string): number => (part === 'effects' ? 0.12 : 0.06);
  for (const proof of proofs) expect(holds({ ...proof, promise: proof.promise && { low: proof.promise.low - missable(proof.part), high: proof.promise.high + missable(proof.part) } })).toBe(true);
});

test('the same seed measures the same', () => {
  const few = { runs: 8, seed: 3 };
  expect(proveStatistics(few)).toEqual(proveStatistics(few));
});

test('every part of the proof measures something', () => {
  expect(new Set(proofs.map(({ part }) => part))).toEqual(new Set(['interval', 'bootstrap', 'paired test', 'best group', 'optimism', 'effects', 'race', 'halving']));
});

test('pairs see a difference that separate intervals do not', () => {
  const share = (name: string) => proofs.find((proof) => proof.name === name)!.measured;
  expect(share('3 x 3, a difference of 3 seen')).toBeGreaterThan(2 * share('3 x 3, a difference of 3 seen by intervals that do not overlap'));
});

test('the more configurations there are to choose from, the more their best flatters itself', () => {
  const optimism = proofs.filter(({ name }) => name.startsWith('the score by which')).map(({ measured }) => measured);
  expect(optimism).toEqual([...optimism].sort((a, b) => b - a));
  expect(optimism.at(-1)).toBeLessThan(-1.2);
});

test('the report says which promise does not hold', () => {
  const broken = { part: 'interval', name: 'narrow', measured: 0.9, promise: { low: 0.93, high: 0.97 } } as const;
  expect(proofReport([broken], simulation)).toContain('93 to 97 %: NOT HELD');
  expect(proofReport([broken], simulation)).toContain('1 promises do not hold');
  expect(proofReport([{ ...broken, measured: 0.95 }], simulation)).toContain('Every promise holds');
  expect(shareOf(10, () => true)).toBe(1);
});

test('a factor of training runs is found where there is none, if what samples of one run have in common counts as many', () => {
  const share = (name: string) => proofs.find((proof) => proof.name === name)!.measured;
  expect(share('5 x 1, no training factor, called one by the rest of all configurations')).toBeGreaterThan(3 * share('5 x 1, no training factor, called one'));
});

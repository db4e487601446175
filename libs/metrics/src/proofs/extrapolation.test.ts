import { extrapolationProofs } from './extrapolation.js';

test('extrapolation keeps what it promises in a few draws, and the same seed measures the same', () => {
  const proofs = extrapolationProofs({ runs: 160, seed: 1 });
  // of forty draws a share of 0.95 is known to 0.035
  for (const { promise, measured } of proofs) expect(measured >= promise!.low - 0.1 && measured <= promise!.high + 0.1).toBe(true);
  expect(extrapolationProofs({ runs: 4, seed: 1 })).toEqual(extrapolationProofs({ runs: 4, seed: 1 }));
  expect(proofs).toHaveLength(12);
});

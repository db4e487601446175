import { ledgerOf } from './ledger.js';

const useful = (seconds: number) => ({ device: 'cpu', outcome: 'useful' as const, cause: null, attempts: 1, seconds });

test('what rounding leaves of sums in another order is nothing', () => {
  const { sharing } = ledgerOf([useful(0.3), useful(0.2), useful(0.1)], { alone: 0.1 + 0.2 + 0.3, once: 0.1 + 0.2 + 0.3, reused: 0 });
  expect([sharing.saved, sharing.others]).toEqual([0, 0]);
  expect(ledgerOf([useful(1)], { alone: 3, once: 1.5, reused: 0.25 }).sharing).toEqual({ alone: 3, saved: 1.5, reused: 0.25, others: 0.25, own: 1 });
});

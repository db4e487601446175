import type { SweepLedger } from '@elucidate/experiment/ledger';
import { hoursText, renderLedger, renderLedgers } from './render-ledger.js';

const spent = (attempts: number, seconds: number) => ({ attempts, seconds });
const ledger = (sweepId: string, owner: string): SweepLedger => ({
  sweepId, owner, name: 'quick\x1b[2J', state: 'done', useful: spent(10, 3600), wasted: [{ cause: 'released', ...spent(1, 1800) }, { cause: 'stage.diverged', ...spent(2, 360) }], running: spent(0, 0),
  devices: [{ device: 'EPYC', useful: spent(6, 3000), wasted: spent(0, 0), running: spent(0, 0) }, { device: 'H100', useful: spent(4, 600), wasted: spent(3, 2160), running: spent(0, 0) }],
  sharing: { alone: 36_000, saved: 28_800, reused: 1800, others: 1800, own: 3600 },
});

test.each([[0, '0'], [1, '0.000278'], [76.6, '0.0213'], [1800, '0.500'], [3600, '1.00'], [44_640, '12.4'], [449_999, '125'], [4_500_000, '1,250']])('%f s are %s hours', (seconds, text) => {
  expect(hoursText(seconds)).toBe(text);
});

test('a ledger says what was useful, what was wasted and why, on what, and what its trials did not have to pay', () => {
  const text = renderLedger(ledger('s1', 'ann'));
  for (const part of [
    'quick\\x1b[2J (sweep s1 of ann, done), device-hours', 'useful         1.00  10 attempts', 'wasted        0.600  3 attempts', '0.500  1 attempt: handed back by a worker that stopped', '0.100  2 attempts: stage.diverged',
    '0.167     0.600  H100', 'each by itself, would have taken 10.0:', '8.00  saved', '0.500  reused', '0.500  done for other sweeps',
  ]) expect(text).toContain(part);
});

test('of many there is a line each, and a sum for each owner', () => {
  const text = renderLedgers([ledger('s1', 'ann'), ledger('s2', 'bob'), ledger('s3', 'ann')]);
  expect(text).toMatch(/2\.00 {6}1\.20 {6}16\.0 {6}2\.00 {2}ann, 2 sweeps/);
  expect(text).toMatch(/useful {9}3\.00 {2}30 attempts/);
});

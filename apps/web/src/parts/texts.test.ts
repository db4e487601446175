import { engineName, tookText } from './attempt-text.js';
import { bytesText } from './bytes.js';
import { etaText, etaWords } from './eta-text.js';

test.each([[0, '0 bytes'], [999, '999 bytes'], [1000, '1.0 kB'], [12_345, '12 kB'], [3_400_000_000, '3.4 GB'], [2e15, '2000 TB']])('%d bytes are %s', (bytes, text) => expect(bytesText(bytes)).toBe(text));

test('an expected end is said with its range and the slots counted on; that there is none, with why', () => {
  expect(etaText({ seconds: 720, low: 540, high: 7200, slots: 2 }, { paused: false })).toBe('Ends in about 12 min (9 min to 2.0 h, 95 %), on 2 slots.');
  expect(etaText({ seconds: 720, low: 540, high: 7200, slots: 2 }, { paused: false, toLook: true })).toBe('The next look of its race comes in about 12 min (9 min to 2.0 h, 95 %), on 2 slots.');
  expect([false, true].map((toLook) => etaWords({ seconds: 720, low: 540, high: 7200, slots: 2 }, { toLook }))).toEqual(['in 9 min to 2.0 h', 'next look in 9 min to 2.0 h']);
  expect([true, false].map((paused) => etaText(null, { paused }))).toEqual(['Paused: no end is expected.', 'No end is expected: no worker is there.']);
});

test('an attempt took the time from its start to its end, and an engine is named without its settings', () => {
  expect([tookText({ startedAt: '2026-01-01T00:00:00Z', endedAt: '2026-01-01T00:12:00Z' }), tookText({ startedAt: '2026-01-01T00:00:00Z', endedAt: null })]).toEqual(['12 min', '']);
  expect(['simd; 2 threads', 'webgpu: a device', 'simd'].map(engineName)).toEqual(['simd', 'webgpu', 'simd']);
});

import { messageOf } from './messages.js';
import { thinnedLog } from './thinned-log.js';

it.each<[string, ReturnType<typeof messageOf>]>([
  ['{"progress": 0.25, "note": "step 1 of 4", "values": {"loss": 0.5}}', { progress: { fraction: 0.25, note: 'step 1 of 4', values: { loss: 0.5 } } }],
  ['{"progress": 7}', { progress: { fraction: 1, note: '700 %' } }],
  ['{"log": "hello", "more": 1}', { log: 'hello' }],
  ['{"versions": {"torch": "2.5"}, "log": "x"}', { log: 'x', versions: { torch: '2.5' } }],
  ['{"progress": "half"}', undefined],
  ['{"versions": {"torch": 2.5}}', undefined],
  [`{"versions": ${JSON.stringify(Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`v${i}`, 'x'])))}}`, undefined],
  ['{"loss": 1}', undefined],
  ['{not json', undefined],
  ['epoch 1', undefined],
  ['', undefined],
])('reads %s', (line, message) => {
  expect(messageOf(line)).toEqual(message);
});

it('passes on at most 200 lines a second, and says how many it left out', () => {
  const lines: string[] = [];
  let now = 0;
  const log = thinnedLog((line) => lines.push(line), () => now);
  for (let i = 0; i < 1000; i += 1) log.push(`line ${i}`);
  now = 1000;
  log.push('later');
  for (let i = 0; i < 300; i += 1) log.push('more');
  log.end();
  expect(lines.slice(198, 203)).toEqual(['line 198', 'line 199', '[... 800 lines left out: more than 200 a second ...]', 'later', 'more']);
  expect(lines).toHaveLength(402);
  expect(lines.at(-1)).toBe('[... 101 lines left out: more than 200 a second ...]');
});

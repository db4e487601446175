import { createLog } from './log.js';

test('a line that repeats the previous one is written once, a different one at once', () => {
  const written: string[] = [];
  const log = createLog('json', (text) => void written.push(text));
  for (const line of ['lost', 'lost', 'lost', 'back', 'lost']) log(line);
  expect(written.map((text) => (JSON.parse(text) as { message: string }).message)).toEqual(['lost', 'back', 'lost']);
});

test('text begins with the time', () => {
  const written: string[] = [];
  createLog('text', (text) => void written.push(text))('ready');
  expect(written[0]).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z ready\n$/);
});

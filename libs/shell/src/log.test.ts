import { createLog } from './log.js';

test('a line is written once in ten seconds, also if others come in between, a different one at once', () => {
  const written: string[] = [];
  const log = createLog('json', (text) => void written.push(text));
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  for (const line of ['refused', 'no answer', 'refused', 'refused', 'no answer', 'back', 'no answer']) log(line);
  now.mockReturnValue(10_001);
  log('refused');
  now.mockRestore();
  expect(written.map((text) => (JSON.parse(text) as { message: string }).message)).toEqual(['refused', 'no answer', 'back', 'refused']);
});

test('a name with commands to a terminal, a newline or turned text can neither act nor pass for another line', () => {
  const written: string[] = [];
  for (const format of ['text', 'json'] as const) createLog(format, (text) => void written.push(text))('sweep \x1b[2J\u202e\n2026-01-01T00:00:00.000Z all is well');
  expect(written[0]).toMatch(/^\S+ sweep \\x1b\[2J\\u202e\n {2}2026-01-01T00:00:00.000Z all is well\n$/);
  for (const raw of ['\x1b', '\u202e', '\n2026']) expect(written[1]).not.toContain(raw);
  expect(JSON.parse(written[1]!)).toMatchObject({ message: 'sweep \x1b[2J\u202e\n2026-01-01T00:00:00.000Z all is well' });
});

test('text begins with the time', () => {
  const written: string[] = [];
  createLog('text', (text) => void written.push(text))('ready');
  expect(written[0]).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z ready\n$/);
});

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { BoundedLog } from './bounded-log.js';

const filled = (...lines: string[]): string => {
  const log = new BoundedLog();
  for (const line of lines) log.push(line);
  return log.text();
};

it('keeps a short log as it is', () => {
  expect(filled('one', '', 'three')).toBe('one\n\nthree\n');
});

it.each([100, 4000, 8192])('keeps beginning and end of a long one, of lines of %i characters, and says what lies between', (length) => {
  const count = Math.ceil(5_000_000 / length);
  const lines = Array.from({ length: count }, (_, i) => String(i).padEnd(length, '.'));
  const kept = filled(...lines).split('\n').slice(0, -1);
  const gap = kept.findIndex((line) => line.startsWith('[... '));
  expect(kept.slice(0, gap)).toEqual(lines.slice(0, gap));
  expect(kept.slice(gap + 1)).toEqual(lines.slice(gap + 1 - kept.length));
  expect(Number(/\d+/.exec(kept[gap]!)?.[0])).toBe((count - kept.length + 1) * (length + 1));
  expect(kept.join('\n').length).toBeLessThan(1_060_000);
  expect(gap * length).toBeGreaterThan(500_000);
});

it('cuts a long line', () => {
  expect(filled('x'.repeat(1_000_000))).toBe(`${'x'.repeat(8192)} [... 991808 characters left out ...]\n`);
});

it('takes 1 GB of lines in a heap of 32 MB', () => {
  const script = `
    import { BoundedLog } from ${JSON.stringify(join(__dirname, '..', 'dist', 'bounded-log.js'))};
    const log = new BoundedLog();
    for (let i = 0; i < (1 << 18); i++) log.push(Buffer.alloc(4096, 48 + i % 10).toString());
    console.log(log.text().length);`;
  const { stdout, status } = spawnSync(process.execPath, ['--max-old-space-size=32', '--input-type=module', '-e', script], { encoding: 'utf8' });
  expect([status, Number(stdout) > 1_000_000, Number(stdout) < 1_100_000]).toEqual([0, true, true]);
});

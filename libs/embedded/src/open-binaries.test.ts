import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifiedCopy } from './open-binaries.js';

const folder = mkdtempSync(join(tmpdir(), 'elucidate-binaries-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const native = join(folder, 'native');
const program = (at: string): string => join(at, 'bin', 'postgres');
beforeAll(() => {
  mkdirSync(join(native, 'bin'), { recursive: true });
  writeFileSync(program(native), 'a program');
  writeFileSync(join(native, 'bin', 'initdb'), 'another');
  chmodSync(program(native), 0o755);
});

test.each<[string, (copy: string) => void]>([
  ['that is missing', () => undefined],
  ['with a file removed', (copy) => rmSync(join(copy, 'bin', 'initdb'))],
  ['with a file cut short', (copy) => writeFileSync(program(copy), 'a pro')],
  ['with other bytes of the same length', (copy) => writeFileSync(program(copy), 'A program')],
  ['with nothing in it', (copy) => rmSync(join(copy, 'bin'), { recursive: true })],
])('a copy %s is made again', async (what, spoil) => {
  const copy = join(folder, what);
  if (what !== 'that is missing') await verifiedCopy(native, copy);
  spoil(copy);
  expect(await verifiedCopy(native, copy)).toBe(copy);
  expect(readFileSync(program(copy), 'utf8')).toBe('a program');
  expect(readFileSync(join(copy, 'bin', 'initdb'), 'utf8')).toBe('another');
  expect(statSync(program(copy)).mode & 0o777).toBe(0o755);
  const { ino } = statSync(copy);
  await verifiedCopy(native, copy);
  expect(statSync(copy).ino).toBe(ino);
});

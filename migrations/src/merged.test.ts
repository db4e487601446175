import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const merged = readFileSync(join(__dirname, '..', 'merged.sha256'), 'utf8').trim().split('\n').map((line) => line.split('  ') as [string, string]);
const hashOf = (file: string): string => createHash('sha256').update(readFileSync(join(__dirname, file))).digest('hex');

test('a migration that was merged is not edited: databases have its effects, and only a new one changes them', () => {
  expect(merged.filter(([hash, file]) => hashOf(file) !== hash).map(([, file]) => file)).toEqual([]);
});

test('only newer ones are not in the list yet; `cd migrations/src && sha256sum 17*.ts > ../merged.sha256` adds them when they are merged', () => {
  const last = merged.at(-1)![1];
  const files = readdirSync(__dirname).filter((file) => /^\d+-.*\.ts$/.test(file)).sort();
  expect(files.filter((file) => file <= last)).toEqual(merged.map(([, file]) => file));
});

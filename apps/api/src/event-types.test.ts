import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');

test('the dashboard follows every type of event that is recorded', () => {
  const migrations = readdirSync(join(root, 'migrations/src')).filter((name) => /^\d+.*(?<!\.test)\.ts$/.test(name)).map((name) => textOf(join('migrations/src', name)));
  const dispatch = readdirSync(join(root, 'libs/dispatch/src')).filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name)).map((name) => textOf(join('libs/dispatch/src', name)));
  const recording = [...migrations, ...dispatch].flatMap((text) => text.split('\n').filter((line) => /insert into events |select case when .*'worker\.|recordWorkerEvent\(|SweepEvent =|\b\w+_events\(/.test(line)));
  const types = new Set(recording.flatMap((line) => [...line.matchAll(/'((?:sweep|stage|worker)\.[a-z_]+)'/g)].map(([, type = '']) => type)));
  expect(types.size).toBeGreaterThan(10);
  const followed = textOf('apps/web/src/live/events.ts');
  expect([...types].filter((type) => !followed.includes(`'${type}'`))).toEqual([]);
});
